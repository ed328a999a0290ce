package io.culvert.netstack;

import io.culvert.ip.Coalescer;
import io.culvert.ip.Segmenter;
import io.culvert.ip.VirtioHeader;
import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * One direction between two stacks: packets are lost, doubled, late or out of order as a seeded
 * random says; super-packets are cut now and then, and their pieces have fates of their own.
 */
final class SimulatedPath {
    /** What may happen to a packet; parts of one. */
    record Fate(double loss, double doubled, double late, long delayNs) {
        static final Fate GOOD = new Fate(0, 0, 0, 1_000_000);

        Fate withLoss(double part) {
            return new Fate(part, doubled, late, delayNs);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Flying(long atNs, long order, byte[] bytes) {}

    private final Random random;
    private final Segmenter segmenter = new Segmenter();
    private final PriorityQueue<Flying> flying =
            new PriorityQueue<>(
                    Comparator.comparingLong(Flying::atNs).thenComparingLong(Flying::order));
    private Fate fate;
    private long order;
    private long bytesPerSecond; // 0: no limit
    private long mostQueuedNs;
    private long freeAtNs;
    int mtu = 0xffff;
    long packets;
    long lost;

    SimulatedPath(Random random, Fate fate) {
        this.random = random;
        this.fate = fate;
    }

    void setFate(Fate newFate) {
        fate = newFate;
    }

    /** A link that takes time, and a queue before it that takes so much. */
    void setRate(long newBytesPerSecond, long newMostQueuedNs) {
        bytesPerSecond = newBytesPerSecond;
        mostQueuedNs = newMostQueuedNs;
    }

    boolean isEmpty() {
        return flying.isEmpty();
    }

    long nextNs() {
        Flying first = flying.peek();
        return first == null ? Long.MAX_VALUE : first.atNs();
    }

    /** Takes a packet, its virtio-net header before it. */
    void send(byte[] array, int offset, int length, long nowNs) {
        byte[] whole = Arrays.copyOfRange(array, offset - VirtioHeader.LENGTH, offset + length);
        boolean isSuper = VirtioHeader.gsoType(whole, VirtioHeader.LENGTH) != 0;
        if (!isSuper || random.nextInt(3) == 0) {
            fly(whole, nowNs);
            return;
        }
        int parts = segmenter.start(whole, VirtioHeader.LENGTH, length);
        if (parts == Segmenter.BAD) {
            throw new AssertionError("not a valid super-packet");
        }
        for (int i = 0; i < parts; i++) {
            byte[] part = new byte[VirtioHeader.LENGTH + segmenter.lengthOf(i)];
            segmenter.write(i, part, VirtioHeader.LENGTH);
            fly(part, nowNs);
        }
    }

    private void fly(byte[] bytes, long nowNs) {
        packets++;
        if (random.nextDouble() < fate.loss() || isQueueFull(bytes.length, nowNs)) {
            lost++;
            return;
        }
        long atNs = Math.max(nowNs, freeAtNs) + fate.delayNs();
        if (random.nextDouble() < fate.late()) {
            atNs += (long) (random.nextDouble() * fate.delayNs());
        }
        flying.add(new Flying(atNs, order++, bytes));
        if (random.nextDouble() < fate.doubled()) {
            flying.add(new Flying(atNs + fate.delayNs() / 3, order++, bytes.clone()));
        }
    }

    private boolean isQueueFull(int length, long nowNs) {
        if (bytesPerSecond == 0) {
            return false;
        }
        if (freeAtNs - nowNs > mostQueuedNs) {
            return true;
        }
        freeAtNs = Math.max(nowNs, freeAtNs) + length * 1_000_000_000L / bytesPerSecond;
        return false;
    }

    /** Gives a stack all that is due. */
    boolean deliver(NetStack to, long nowNs) {
        return deliver((array, at, length) -> to.receive(array, at, length, nowNs), nowNs);
    }

    /** Gives somebody else all that is due. */
    boolean deliver(Coalescer.Sink to, long nowNs) {
        boolean isAny = false;
        for (Flying first = flying.peek();
                first != null && first.atNs() <= nowNs;
                first = flying.peek()) {
            flying.poll();
            byte[] bytes = first.bytes();
            to.write(bytes, VirtioHeader.LENGTH, bytes.length - VirtioHeader.LENGTH);
            isAny = true;
        }
        return isAny;
    }
}
