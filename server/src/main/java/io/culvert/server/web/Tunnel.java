package io.culvert.server.web;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.WebSocketCarrier;
import io.culvert.carrier.WebSocketCarrier.Role;
import io.culvert.carrier.WebSocketSettings;
import io.culvert.libc.Channels;
import io.culvert.loop.EventLoop;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.EndPoint;

/** A carrier and the stream that it writes to and reads from. Confined to the loop. */
final class Tunnel implements JettyByteStream.Owner {
    /** About 34 ms: a power of two. */
    private static final long TOGETHER_NS = 1L << 25;

    private final Tunnels tunnels;
    private final TunnelEnd end;
    private final TunnelConnection connection;
    private final JettyByteStream stream;
    private final WebSocketCarrier carrier;
    private final EventLoop.Timer liveness;
    private final EventLoop.Timer proof;
    private boolean isProven;

    Tunnel(Tunnels tunnels, TunnelEnd end, TunnelConnection connection) {
        this.tunnels = tunnels;
        this.end = end;
        this.connection = connection;
        this.stream =
                new JettyByteStream(connection.getEndPoint(), end.loop(), tunnels.inbound(), this);
        this.liveness = end.loop().timer(this::tick);
        this.proof = end.loop().timer(this::demandProof);
        Tunnels.Origin origin = connection.origin();
        Remote remote = origin.remote();
        WebSocketSettings settings =
                new WebSocketSettings(
                        Role.SERVER,
                        origin.protocol(),
                        end.hello(),
                        WebSocketSettings.DEFAULT_MESSAGE_BYTES,
                        remote.kind(),
                        null,
                        remote.toString(),
                        tunnels.sourceOf(remote),
                        origin.since());
        this.carrier =
                new WebSocketCarrier(
                        settings,
                        stream,
                        origin.entrance().listener(),
                        end.drops(),
                        tunnels.random().split());
    }

    void start() {
        carrier.start(end.clock().nowNs());
        tick();
        proof.arm(tunnels.limits().proof().toNanos());
        byte[] early = connection.early();
        if (early.length > 0) {
            onBytes(early, 0, early.length);
        }
        stream.start(fd(connection.getEndPoint()));
    }

    private void tick() {
        long nowNs = end.clock().nowNs();
        stream.trim();
        prove(connection.origin().entrance().isProven().test(carrier));
        long delayNs = carrier.tick(nowNs);
        if (delayNs != Long.MAX_VALUE) {
            liveness.arm(together(nowNs + delayNs) - nowNs);
        }
    }

    /** A little later, when others tick too: to wake up costs more than a tick. */
    private static long together(long momentNs) {
        return (momentNs | (TOGETHER_NS - 1)) + 1;
    }

    /** It may be proven, and then not be where its peer is any more. */
    private void prove(boolean isNowProven) {
        if (isNowProven != isProven) {
            isProven = isNowProven;
            tunnels.onProof(isProven);
        }
    }

    /** Who passed the door may still be nobody's peer: strangers hold no memory for long. */
    private void demandProof() {
        if (!connection.origin().entrance().isProven().test(carrier)) {
            carrier.close();
        }
    }

    Carrier carrier() {
        return carrier;
    }

    void sendAway(long reconnectAfterMs) {
        carrier.drain(reconnectAfterMs);
        carrier.close();
    }

    void onLost() {
        stream.onLost();
    }

    @Override
    public void onBytes(byte[] array, int offset, int length) {
        carrier.receive(array, offset, length, end.clock().nowNs());
    }

    @Override
    public void onWritable() {
        carrier.onWritable();
    }

    @Override
    public void onClosed(boolean whole) {
        liveness.cancel();
        proof.cancel();
        if (whole) {
            connection.linger();
        }
        carrier.onStreamClosed();
        prove(false);
        tunnels.forget(connection);
    }

    /** The descriptor beneath TLS and whatever else stands between. */
    private static int fd(EndPoint endPoint) {
        Object transport = endPoint.getTransport();
        while (transport instanceof EndPoint inner) {
            transport = inner.getTransport();
        }
        if (transport instanceof SocketChannel channel) {
            return Channels.fdOf(channel);
        }
        throw new IllegalStateException("no socket beneath " + endPoint);
    }
}
