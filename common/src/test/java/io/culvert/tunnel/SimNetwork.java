package io.culvert.tunnel;

import io.culvert.wire.MessageType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;

/**
 * A network in virtual time that loses, duplicates, delays, reorders, replays and mangles, from one
 * seed; and the judge of what comes out of the tunnels.
 */
final class SimNetwork {
    static final long SECOND_NS = 1_000_000_000L;

    /** A key dies at 180 s, so no packet may be delivered later than that after it was sealed. */
    private static final long KEY_LIFE_NS = 180 * SECOND_NS;

    private final Random random;
    private final PriorityQueue<Event> queue =
            new PriorityQueue<>(
                    Comparator.comparingLong(Event::atNs).thenComparingLong(Event::order));
    private final List<SimNode> nodes = new ArrayList<>();
    private final Map<Long, Sent> sent = new HashMap<>();
    private final Set<Long> delivered = new HashSet<>();
    private final List<Captured> captured = new ArrayList<>();

    private long nowNs;
    private long sealedNs;
    private long order;
    private long nextId;

    double loss;
    double duplication;
    boolean blackout;
    long maxDelayNs = 50_000_000;

    long deliveredPackets;
    long transmittedDatagrams;
    long completedHandshakes;

    SimNetwork(long seed) {
        this.random = new Random(seed);
    }

    private record Event(long atNs, long order, Runnable action) {}

    private record Sent(int from, int to) {}

    /** A transport datagram that an attacker kept, for later. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Captured(byte[] datagram, String to, String from, long sealedNs) {}

    long nowNs() {
        return nowNs;
    }

    Random random() {
        return random;
    }

    List<SimNode> nodes() {
        return nodes;
    }

    void after(long delayNs, Runnable action) {
        queue.add(new Event(nowNs + delayNs, order++, action));
    }

    /** Sends a fresh packet through the sender's tunnel, remembering it for the judge. */
    long sendFresh(SimNode from, SimNode to) {
        long id = ++nextId;
        sent.put(id, new Sent(from.host, to.host));
        from.sendPacket(to.host, id);
        return id;
    }

    boolean wasDelivered(long id) {
        return delivered.contains(id);
    }

    void transmit(SimNode from, String to, byte[] array, int offset, int length) {
        transmittedDatagrams++;
        byte[] datagram = Arrays.copyOfRange(array, offset, offset + length);
        if (blackout || random.nextDouble() < loss) {
            keep(datagram, to, from.address);
            return;
        }
        keep(datagram, to, from.address);
        int copies = random.nextDouble() < duplication ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            arriveLater(datagram, to, from.address);
        }
    }

    private void arriveLater(byte[] datagram, String to, String from) {
        long delayNs = 1_000_000 + (long) (random.nextDouble() * maxDelayNs);
        long now = nowNs;
        after(delayNs, () -> arrive(datagram, to, from, now));
    }

    private void arrive(byte[] datagram, String to, String from, long whenSealedNs) {
        sealedNs = whenSealedNs;
        for (SimNode node : nodes) {
            if (node.address.equals(to)) {
                node.deliver(datagram, from);
            }
        }
    }

    private void keep(byte[] datagram, String to, String from) {
        if (random.nextInt(20) == 0) {
            captured.add(new Captured(datagram, to, from, nowNs));
            if (captured.size() > 200) {
                captured.remove(random.nextInt(captured.size()));
            }
        }
    }

    /** Sends something kept to where it was meant for, or to somebody else, whole or mangled. */
    void attack() {
        if (captured.isEmpty()) {
            return;
        }
        Captured one = captured.get(random.nextInt(captured.size()));
        byte[] datagram = one.datagram().clone();
        if (random.nextInt(3) == 0) {
            datagram[random.nextInt(datagram.length)] ^= (byte) (1 << random.nextInt(8));
        }
        String to =
                random.nextInt(3) == 0 ? nodes.get(random.nextInt(nodes.size())).address : one.to();
        arrive(datagram, to, random.nextBoolean() ? "attacker" : one.from(), one.sealedNs());
    }

    /** The judge: a packet came out of a tunnel. */
    void onPacket(SimNode at, byte[] array, int offset) {
        long id = Packets.id(array, offset);
        Sent original = sent.get(id);
        if (original == null) {
            throw new AssertionError("packet " + id + " was never sent");
        }
        if (original.to() != at.host || original.from() != Packets.from(array, offset)) {
            throw new AssertionError("packet " + id + " came out at host " + at.host);
        }
        if (!delivered.add(id)) {
            throw new AssertionError("packet " + id + " was delivered twice");
        }
        if (nowNs - sealedNs > KEY_LIFE_NS) {
            throw new AssertionError("packet " + id + " outlived its key");
        }
        deliveredPackets++;
    }

    /** Runs events and timers until the given time. */
    void runUntil(long endNs) {
        while (true) {
            long timerNs = Long.MAX_VALUE;
            for (SimNode node : nodes) {
                timerNs = Math.min(timerNs, node.tunnel.nextDeadlineNs(nowNs));
            }
            Event event = queue.peek();
            long nextNs = event == null ? timerNs : Math.min(timerNs, event.atNs());
            if (nextNs > endNs) {
                nowNs = endNs;
                return;
            }
            nowNs = Math.max(nowNs, nextNs);
            if (event != null && event.atNs() <= nowNs) {
                queue.poll();
                event.action().run();
            } else {
                nodes.forEach(node -> node.tunnel.tick(nowNs));
            }
        }
    }

    /** How many transport messages the attacker holds: shows that the replay attack is real. */
    long capturedTransports() {
        return captured.stream()
                .filter(c -> MessageType.of(c.datagram(), 0, c.datagram().length) != null)
                .count();
    }
}
