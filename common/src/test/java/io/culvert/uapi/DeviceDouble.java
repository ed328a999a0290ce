package io.culvert.uapi;

import io.culvert.carrier.RemoteAddress;
import io.culvert.noise.LocalIdentity;
import io.culvert.time.TimestampSource;
import io.culvert.time.WallClock;
import io.culvert.tunnel.Peer;
import io.culvert.tunnel.Tunnel;
import io.culvert.tunnel.TunnelEffects;
import io.culvert.tunnel.TunnelEvent;
import io.culvert.tunnel.TunnelSetup;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An interface in memory: a real engine, and an outside that remembers. */
final class DeviceDouble implements Device<InetSocketAddress>, TunnelEffects<InetSocketAddress> {
    final List<String> added = new ArrayList<>();
    final List<String> removed = new ArrayList<>();
    final Map<Peer<InetSocketAddress>, String> urls = new HashMap<>();
    final List<byte[]> sent = new ArrayList<>();
    int port;
    int mark;
    int busyPort = -1;
    int settled;

    private final SecureRandom random = new SecureRandom();
    private final Tunnel<InetSocketAddress> tunnel =
            new Tunnel<>(
                    new TunnelSetup<>(
                            LocalIdentity.unset(random),
                            1420,
                            this,
                            new TimestampSource(WallClock.system()),
                            random));

    @Override
    public Tunnel<InetSocketAddress> tunnel() {
        return tunnel;
    }

    @Override
    public int listenPort() {
        return port;
    }

    @Override
    public void listenPort(int wanted) throws UapiException {
        if (wanted == busyPort) {
            throw new UapiException(UapiException.Reason.EADDRINUSE, "busy");
        }
        port = wanted;
    }

    @Override
    public int fwmark() {
        return mark;
    }

    @Override
    public void fwmark(int wanted) {
        mark = wanted;
    }

    @Override
    public void connect(Peer<InetSocketAddress> peer, InetSocketAddress remote) {
        tunnel.connect(peer, remote, 0);
    }

    @Override
    public @Nullable String endpoint(Peer<InetSocketAddress> peer) {
        InetSocketAddress remote = peer.endpoint();
        return remote == null ? null : RemoteAddress.text(remote);
    }

    @Override
    public @Nullable String url(Peer<InetSocketAddress> peer) {
        return urls.get(peer);
    }

    @Override
    public void added(Peer<InetSocketAddress> peer) {
        added.add(peer.publicKey().toHex());
    }

    @Override
    public void remove(Peer<InetSocketAddress> peer) {
        removed.add(peer.publicKey().toHex());
        tunnel.removePeer(peer.publicKey());
    }

    @Override
    public void settle() {
        settled++;
    }

    @Override
    public void send(InetSocketAddress to, byte[] array, int offset, int length, int trafficClass) {
        sent.add(java.util.Arrays.copyOfRange(array, offset, offset + length));
    }

    @Override
    public byte[] source(InetSocketAddress endpoint) {
        return new byte[6];
    }

    @Override
    public void on(TunnelEvent<InetSocketAddress> event) {
        // what handshakes come to is not looked at here
    }
}
