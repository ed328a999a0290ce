package io.culvert.queue;

import io.culvert.bytes.Packet;
import org.jspecify.annotations.Nullable;

/** The packets of one bucket, first in first out, and its turn's state. Confined to one thread. */
final class Flow {
    /** A packet that waits. Taken from and given back to the queue's free list. */
    static final class Entry {
        @Nullable Packet packet; // null while in the free list
        long addedNs;
        @Nullable Entry next;
    }

    final Codel codel;
    @Nullable Entry head;
    private @Nullable Entry tail;
    private long bytes;
    private int longest; // the longest packet since the flow was empty
    int deficit;
    boolean isActive; // in one of the two lists
    @Nullable Flow next;

    Flow(Patience patience) {
        codel = new Codel(patience);
    }

    void append(Entry entry, int length) {
        Entry last = tail;
        if (last == null) {
            head = entry;
            longest = 0;
        } else {
            last.next = entry;
        }
        tail = entry;
        bytes += length;
        longest = Math.max(longest, length);
    }

    /** Unlinks the first entry. */
    void dropFirst(Entry first, int length) {
        head = first.next;
        if (head == null) {
            tail = null;
        }
        bytes -= length;
    }

    long bytes() {
        return bytes;
    }

    /** Whether no more than one packet's worth waits (RFC 8289 §5.6: bytes ≤ maxpacket). */
    boolean isShort() {
        return bytes <= longest;
    }
}
