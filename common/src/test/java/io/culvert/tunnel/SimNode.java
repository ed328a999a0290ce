package io.culvert.tunnel;

import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PrivateKey;
import io.culvert.ip.IpPrefix;
import io.culvert.noise.LocalIdentity;
import io.culvert.time.TimestampSource;
import io.culvert.wire.Transport;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One end of a simulated network: an engine with its host number, clocks and inbox. */
final class SimNode implements TunnelEffects<String> {
    final int host;
    final byte[] privateKey;
    final List<TunnelEvent<String>> events = new ArrayList<>();

    private final SimNetwork network;
    private final SecureRandom random;
    private final List<PeerConfig> peers = new ArrayList<>();
    private final List<@Nullable String> endpoints = new ArrayList<>();

    /** What the wall clock is off by; the monotonic clock never jumps. */
    long wallOffsetMs;

    /** Where the node is reached; changes when it roams. */
    String address;

    Tunnel<String> tunnel;

    SimNode(SimNetwork network, int host, SecureRandom random) {
        this.network = network;
        this.host = host;
        this.random = random;
        this.address = "host" + host;
        this.privateKey = new byte[32];
        random.nextBytes(privateKey);
        this.tunnel = newTunnel();
    }

    /** Loses all state, as a process that was killed and started anew. */
    void restart() {
        tunnel = newTunnel();
        for (int i = 0; i < peers.size(); i++) {
            add(peers.get(i), endpoints.get(i));
        }
    }

    void addPeer(SimNode other, int keepaliveSeconds, PresharedKey psk, boolean knowsEndpoint) {
        PeerConfig config =
                new PeerConfig(
                        other.tunnel.publicKey(),
                        psk,
                        List.of(IpPrefix.parse("10.0.0." + other.host + "/32")),
                        keepaliveSeconds);
        String endpoint = knowsEndpoint ? other.address : null;
        peers.add(config);
        endpoints.add(endpoint);
        add(config, endpoint);
    }

    private void add(PeerConfig config, @Nullable String endpoint) {
        Peer<String> peer = tunnel.addPeer(config);
        if (peer != null && endpoint != null) {
            tunnel.connect(peer, endpoint, network.nowNs());
        }
    }

    /** Sends a packet to a host through the tunnel; what has no endpoint is dropped here. */
    void sendPacket(int to, long id) {
        byte[] packet = Packets.ipv4(host, to, id);
        Peer<String> peer = tunnel.peerFor(packet, 0);
        if (peer == null || peer.endpoint() == null) {
            return;
        }
        byte[] datagram = new byte[Transport.CONTENT + packet.length + 64];
        System.arraycopy(packet, 0, datagram, Transport.CONTENT, packet.length);
        int length = tunnel.seal(peer, datagram, 0, packet.length, network.nowNs());
        String endpoint = peer.endpoint();
        if (length > 0 && endpoint != null) {
            network.transmit(this, endpoint, datagram, 0, length);
        }
    }

    /** A datagram arrives; the packet in it, if any, is told to the network's judge. */
    void deliver(byte[] datagram, String from) {
        byte[] array = datagram.clone();
        int length = tunnel.receive(array, 0, array.length, from, network.nowNs());
        if (length > 0) {
            network.onPacket(this, array, Transport.CONTENT);
        }
    }

    @Override
    public void send(String to, byte[] array, int offset, int length, int trafficClass) {
        network.transmit(this, to, array, offset, length);
    }

    @Override
    public byte[] source(String endpoint) {
        byte[] source = new byte[6];
        source[3] = (byte) endpoint.hashCode();
        return source;
    }

    @Override
    public void on(TunnelEvent<String> event) {
        events.add(event);
    }

    private Tunnel<String> newTunnel() {
        LocalIdentity identity = new LocalIdentity(PrivateKey.ofBytes(privateKey));
        TimestampSource timestamps = new TimestampSource(this::wallClock);
        return new Tunnel<>(new TunnelSetup<>(identity, 1420, this, timestamps, random));
    }

    private Instant wallClock() {
        long ms = network.nowNs() / 1_000_000 + wallOffsetMs;
        return Instant.ofEpochMilli(1_700_000_000_000L + ms);
    }
}
