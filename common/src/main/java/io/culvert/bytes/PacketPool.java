package io.culvert.bytes;

import java.util.ArrayDeque;

/**
 * A free list of packets in two sizes: one MTU-sized, one for super-packets. Confined to one
 * thread. It keeps a bounded number of free packets and leaves the rest to the collector.
 */
public final class PacketPool {
    /** Capacity of a small packet. */
    public static final int SMALL = 2048;

    /** Capacity of a large packet: the largest IP packet. */
    public static final int LARGE = 65_536;

    private static final int KEPT_SMALL = 1024;
    private static final int KEPT_LARGE = 64;

    private final ArrayDeque<Packet> small = new ArrayDeque<>();
    private final ArrayDeque<Packet> large = new ArrayDeque<>();
    private int leased;

    /** A packet with room for {@code length} bytes, empty; the caller releases it. */
    public Packet lease(int length) {
        if (length > LARGE) {
            throw new IllegalStateException("no packet holds " + length + " bytes");
        }
        ArrayDeque<Packet> free = length <= SMALL ? small : large;
        Packet packet = free.pollLast();
        if (packet == null) {
            packet = new Packet(length <= SMALL ? SMALL : LARGE, this);
        }
        packet.lease();
        leased++;
        return packet;
    }

    /** Packets leased and not yet released. */
    public int leased() {
        return leased;
    }

    void takeBack(Packet packet) {
        leased--;
        boolean isSmall = packet.capacity() == SMALL;
        ArrayDeque<Packet> free = isSmall ? small : large;
        if (free.size() < (isSmall ? KEPT_SMALL : KEPT_LARGE)) {
            free.addLast(packet);
        }
    }
}
