package io.culvert.queue;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Control datagrams (handshakes, cookies, keepalives) that go before all packets: a ring of {@value
 * #CAPACITY}. When it is full the oldest gives way: a newer handshake is worth more. Confined to
 * one thread.
 */
public final class PriorityBand {
    /** How many datagrams may wait. */
    public static final int CAPACITY = 64;

    private final ArrayDeque<byte[]> ring = new ArrayDeque<>();

    /** Adds a copy of the datagram; false when the oldest was dropped for it. */
    public boolean add(byte[] array, int offset, int length) {
        boolean hasRoom = ring.size() < CAPACITY;
        if (!hasRoom) {
            ring.removeFirst();
        }
        ring.addLast(Arrays.copyOfRange(array, offset, offset + length));
        return hasRoom;
    }

    /** The oldest datagram, now the caller's; null when none waits. */
    public byte @Nullable [] poll() {
        return ring.pollFirst();
    }

    /** How many datagrams wait. */
    public int size() {
        return ring.size();
    }

    /** Forgets all. */
    public void clear() {
        ring.clear();
    }
}
