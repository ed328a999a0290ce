package io.culvert.netstack.tcp;

import org.jspecify.annotations.Nullable;

/** {@link Sent} stretches that are free, for all flows of a stack. Confined to one thread. */
public final class SentPool {
    private static final int MOST_KEPT = 16_384;

    private @Nullable Sent free; // linked by next
    private int kept;
    private int inUse;

    /** A pool that holds nothing yet. */
    public SentPool() {}

    Sent lease(int start, int end, long sentNs) {
        Sent sent = free;
        if (sent == null) {
            sent = new Sent();
        } else {
            free = sent.next;
            kept--;
        }
        inUse++;
        sent.start = start;
        sent.end = end;
        sent.sentNs = sentNs;
        sent.isRetransmitted = false;
        sent.isSacked = false;
        sent.isLost = false;
        sent.previous = null;
        sent.next = null;
        return sent;
    }

    void release(Sent sent) {
        inUse--;
        sent.next = null;
        if (kept < MOST_KEPT) {
            sent.next = free;
            free = sent;
            kept++;
        }
    }

    /** Stretches that are in use. */
    public int inUse() {
        return inUse;
    }
}
