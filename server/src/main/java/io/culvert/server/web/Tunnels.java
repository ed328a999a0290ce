package io.culvert.server.web;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.WebSocketCarrier.Protocol;
import io.culvert.ip.IpAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/**
 * The tunnels that are open, and what they share. Confined to the loop; {@link #adopt}, {@link
 * #onClosed} and {@link #closeAll} may be called from any thread and go there.
 */
final class Tunnels {
    /** Four TLS records, and what Jetty needs to decrypt the last one straight into it. */
    private static final int INBOUND_BYTES = 3 * 16_384 + 2 * JettyByteStream.RECORD_BYTES - 1;

    /** What clients are told to wait before they reconnect to a gateway that stops. */
    private static final long RECONNECT_AFTER_MS = 1000;

    private final TunnelEnd end;
    private final WebLimits limits;
    private final SourceShares shares;
    private final IntConsumer onProven;
    private final Map<TunnelConnection, Tunnel> open = new LinkedHashMap<>();
    private long connections;
    private int proven;
    private final ByteBuffer inbound = BufferUtil.allocate(INBOUND_BYTES);
    private final SplittableRandom random = new SplittableRandom(new SecureRandom().nextLong());

    /** Null until the gateway stops; then completed when no tunnel is open any more. */
    private @Nullable CompletableFuture<Void> emptied;

    /**
     * None is open yet.
     *
     * @param onProven told how many are proven, whenever that changes
     */
    Tunnels(TunnelEnd end, WebLimits limits, SourceShares shares, IntConsumer onProven) {
        this.end = end;
        this.limits = limits;
        this.shares = shares;
        this.onProven = onProven;
    }

    /** A tunnel became that of a peer, or is none's any more. */
    void onProof(boolean isProven) {
        proven += isProven ? 1 : -1;
        onProven.accept(proven);
    }

    /** Takes the connection's end point over. */
    void adopt(TunnelConnection connection) {
        end.loop().execute(() -> open(connection));
    }

    private void open(TunnelConnection connection) {
        IpAddress source = connection.origin().remote().address();
        if (emptied != null
                || !connection.getEndPoint().isOpen()
                || (source != null && !shares.enter(source))) {
            connection.getEndPoint().close();
            return;
        }
        Tunnel tunnel = new Tunnel(this, end, connection);
        open.put(connection, tunnel);
        tunnel.start();
    }

    /** Jetty says that the connection's end point is closed. */
    void onClosed(TunnelConnection connection) {
        end.loop()
                .execute(() -> {
                    Tunnel tunnel = open.get(connection);
                    if (tunnel != null) {
                        tunnel.onLost();
                    }
                });
    }

    /** The tunnel has told its end. */
    void forget(TunnelConnection connection) {
        IpAddress source = connection.origin().remote().address();
        if (open.remove(connection) != null && source != null) {
            shares.leave(source);
        }
        if (emptied != null && open.isEmpty()) {
            emptied.complete(null);
        }
    }

    /** Sends all clients away, and admits no more; completed when the last has gone. */
    CompletableFuture<Void> closeAll() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        end.loop()
                .execute(() -> {
                    emptied = done;
                    if (open.isEmpty()) {
                        done.complete(null);
                    }
                    for (Tunnel tunnel : List.copyOf(open.values())) {
                        tunnel.sendAway(RECONNECT_AFTER_MS);
                    }
                });
        return done;
    }

    /** On the loop only. */
    List<Carrier> carriers() {
        List<Carrier> carriers = new ArrayList<>();
        for (Tunnel tunnel : open.values()) {
            carriers.add(tunnel.carrier());
        }
        return carriers;
    }

    /** The loop's clock, which any thread may read. */
    long nowNs() {
        return end.clock().nowNs();
    }

    WebLimits limits() {
        return limits;
    }

    /** What the engine limits a new tunnel's handshakes by. */
    byte[] sourceOf(Remote remote) {
        return remote.source(shares::isExempt, ++connections);
    }

    ByteBuffer inbound() {
        return inbound;
    }

    SplittableRandom random() {
        return random;
    }

    /**
     * What the handshake told of a tunnel. Immutable.
     *
     * @param entrance by which it came in
     * @param protocol what messages hold
     * @param remote the client
     * @param since when it opened
     */
    record Origin(Entrance entrance, Protocol protocol, Remote remote, Instant since) {}
}
