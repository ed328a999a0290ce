package io.culvert.tunnel;

import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PrivateKey;
import io.culvert.ip.IpPrefix;
import io.culvert.noise.LocalIdentity;
import io.culvert.stats.DropReason;
import io.culvert.stats.Drops;
import io.culvert.time.TimestampSource;
import io.culvert.wire.MessageType;
import io.culvert.wire.Transport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** One engine of a {@link Rig}, with what came out of it. */
final class Host implements TunnelEffects<String> {
    static final int MTU = 1420;

    final int number;
    final List<Long> received = new ArrayList<>();
    final List<TunnelEvent<String>> events = new ArrayList<>();

    /** What the outer headers were to say, by the kind of message. */
    final Map<MessageType, Set<Integer>> sentClasses = new EnumMap<>(MessageType.class);

    final Tunnel<String> tunnel;
    final ScriptedWorker worker = new ScriptedWorker();
    String address;

    /** Whether those who send are at the ends of connections. */
    boolean isProven;

    private final Rig rig;

    /** What the wall clock is off by. */
    long wallOffsetSeconds;

    Host(Rig rig, int number, SeededRandom random) {
        this.rig = rig;
        this.number = number;
        this.address = "host" + number;
        LocalIdentity identity = new LocalIdentity(PrivateKey.generate(random));
        TimestampSource timestamps = new TimestampSource(this::wallClock);
        this.tunnel =
                new Tunnel<>(new TunnelSetup<>(identity, MTU, this, timestamps, random, worker));
    }

    private Instant wallClock() {
        long ns = rig.nowNs - Rig.START_NS;
        return Instant.ofEpochSecond(1_700_000_000L + wallOffsetSeconds, ns);
    }

    Peer<String> add(Host other, PresharedKey psk, int keepaliveSeconds, IpPrefix... prefixes) {
        List<IpPrefix> allowed =
                prefixes.length == 0 ? List.of(Rig.only(other.number)) : List.of(prefixes);
        PeerConfig config =
                new PeerConfig(other.tunnel.publicKey(), psk, allowed, keepaliveSeconds);
        return Objects.requireNonNull(tunnel.addPeer(config));
    }

    void connect(Host other) {
        tunnel.connect(peer(other), other.address, rig.nowNs);
    }

    Peer<String> peer(Host other) {
        return Objects.requireNonNull(tunnel.peer(other.tunnel.publicKey()));
    }

    /** Sends a numbered packet to a host; the datagram's length, 0 when it was staged. */
    int packet(int to, long id) {
        return packet(Packets.ipv4(number, to, id));
    }

    int packet(byte[] packet) {
        Peer<String> peer = Objects.requireNonNull(tunnel.peerFor(packet, 0), "no route");
        byte[] array = new byte[packet.length + 64];
        Arrays.fill(array, (byte) 0xaa);
        System.arraycopy(packet, 0, array, Transport.CONTENT, packet.length);
        int length = tunnel.seal(peer, array, 0, packet.length, rig.nowNs);
        String endpoint = peer.endpoint();
        if (length > 0 && endpoint != null) {
            send(endpoint, array, 0, length, 0);
        }
        return length;
    }

    /** Takes a datagram as if it came from an address; the length of the packet in it. */
    int receive(byte[] datagram, String from) {
        byte[] array = datagram.clone();
        int length = tunnel.receive(array, 0, array.length, from, rig.nowNs);
        if (length > 0) {
            received.add(Packets.id(array, Transport.CONTENT));
        }
        return length;
    }

    long drops(DropReason reason) {
        return tunnel.drops().of(reason)
                + tunnel.peers().stream().map(Peer::drops).mapToLong(d -> d.of(reason)).sum();
    }

    /** All that was dropped, of a peer or of none. */
    long allDrops() {
        return tunnel.drops().total()
                + tunnel.peers().stream().map(Peer::drops).mapToLong(Drops::total).sum();
    }

    long count(Class<?> event) {
        return events.stream().filter(event::isInstance).count();
    }

    @Override
    public void send(String to, byte[] array, int offset, int length, int trafficClass) {
        MessageType type = Objects.requireNonNull(MessageType.of(array, offset, length));
        sentClasses.computeIfAbsent(type, any -> new TreeSet<>()).add(trafficClass);
        byte[] copy = Arrays.copyOfRange(array, offset, offset + length);
        rig.send(new Rig.Datagram(rig.nowNs, address, to, copy));
    }

    @Override
    public byte[] source(String endpoint) {
        int hash = endpoint.hashCode();
        return new byte[] {10, 9, (byte) (hash >> 16), (byte) (hash >> 8), (byte) hash, 7};
    }

    @Override
    public boolean isProven(String endpoint) {
        return isProven;
    }

    @Override
    public void on(TunnelEvent<String> event) {
        events.add(event);
    }
}
