package io.culvert.bytes;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * A free list of packets in a few sizes: one MTU-sized, the others for super-packets, so that what
 * is held stays near what is in it. Confined to one thread. It keeps a bounded number of free
 * packets and leaves the rest to the collector.
 */
public final class PacketPool {
    /** Capacity of a small packet. */
    public static final int SMALL = 2048;

    /** Capacity of a large packet: the largest IP packet. */
    public static final int LARGE = 65_536;

    private static final int[] SIZES = {SMALL, 8192, 16_384, 32_768, LARGE};
    private static final int KEPT_SMALL = 1024;
    private static final int KEPT_LARGER = 64;

    private final List<ArrayDeque<Packet>> free = new ArrayList<>();
    private int leased;
    private long leasedBytes;

    /** A pool that holds nothing yet. */
    public PacketPool() {
        for (int i = 0; i < SIZES.length; i++) {
            free.add(new ArrayDeque<>());
        }
    }

    /** A packet with room for {@code length} bytes, empty; the caller releases it. */
    public Packet lease(int length) {
        if (length > LARGE) {
            throw new IllegalStateException("no packet holds " + length + " bytes");
        }
        int size = sizeFor(length);
        Packet packet = free.get(size).pollLast();
        if (packet == null) {
            packet = new Packet(SIZES[size], this);
        }
        packet.lease();
        leased++;
        leasedBytes += SIZES[size];
        return packet;
    }

    private static int sizeFor(int length) {
        int size = 0;
        while (SIZES[size] < length) {
            size++;
        }
        return size;
    }

    /** Packets leased and not yet released. */
    public int leased() {
        return leased;
    }

    /** What the packets that are leased take up. */
    public long leasedBytes() {
        return leasedBytes;
    }

    void takeBack(Packet packet) {
        leased--;
        leasedBytes -= packet.capacity();
        int size = sizeFor(packet.capacity());
        ArrayDeque<Packet> kept = free.get(size);
        if (kept.size() < (size == 0 ? KEPT_SMALL : KEPT_LARGER)) {
            kept.addLast(packet);
        }
    }
}
