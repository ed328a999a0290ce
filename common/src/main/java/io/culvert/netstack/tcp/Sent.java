package io.culvert.netstack.tcp;

import org.jspecify.annotations.Nullable;

/**
 * A stretch of sequence numbers that went out at one time, and what is known of it. In the order of
 * its numbers, and while it counts as under way also in the order of sending, linked through
 * itself. Confined to one thread; taken from and given back to a {@link SentPool}.
 */
final class Sent {
    int start;
    int end;
    long sentNs;
    boolean isRetransmitted;
    boolean isSacked;
    boolean isLost; // and was not sent again since
    @Nullable Sent previous;
    @Nullable Sent next;
    @Nullable Sent older;
    @Nullable Sent newer;

    int length() {
        return end - start;
    }

    /** Whether it counts as under way. */
    boolean isUnderWay() {
        return !isSacked && !isLost;
    }
}
