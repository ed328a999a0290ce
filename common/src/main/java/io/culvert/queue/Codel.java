package io.culvert.queue;

/**
 * CoDel's state for one flow: decides which packets are dropped or marked because they waited too
 * long, too long a time (RFC 8289 §5). Confined to one thread.
 */
final class Codel {
    private final Patience patience;

    private boolean isAbove; // the wait is above the target since some time
    private long aboveUntilNs; // while isAbove: when an interval of that is over
    private boolean isDropping;
    private long dropNextNs;
    private long count; // drops since the dropping state was entered
    private long lastCount; // what count began with then

    Codel(Patience patience) {
        this.patience = patience;
    }

    /**
     * Whether a packet just taken from the queue may be dropped (RFC 8289 §5.6, dodequeue).
     *
     * @param isShort at most one packet's worth of bytes is left behind it: then it never may
     */
    boolean mayDrop(long waitedNs, boolean isShort, long nowNs) {
        if (waitedNs < patience.targetNs() || isShort) {
            isAbove = false;
            return false;
        }
        if (!isAbove) {
            isAbove = true;
            aboveUntilNs = nowNs + patience.intervalNs();
            return false;
        }
        return nowNs - aboveUntilNs >= 0;
    }

    /** Whether a packet that may be dropped is to be dropped now (RFC 8289 §5.5, deque). */
    boolean mustDrop(boolean mayDrop, long nowNs) {
        if (!mayDrop) {
            isDropping = false;
            return false;
        }
        if (isDropping) {
            if (nowNs - dropNextNs < 0) {
                return false;
            }
            count++;
            dropNextNs = controlLaw(dropNextNs);
            return true;
        }
        isDropping = true;
        long delta = count - lastCount;
        // dropping began again soon: go on near the rate that controlled the queue before
        boolean isRecent = nowNs - dropNextNs < 16 * patience.intervalNs();
        count = delta > 1 && isRecent ? delta : 1;
        lastCount = count;
        dropNextNs = controlLaw(nowNs);
        return true;
    }

    /** The flow is empty. */
    void onEmpty() {
        isAbove = false;
        isDropping = false;
    }

    private long controlLaw(long fromNs) {
        return fromNs + (long) ((double) patience.intervalNs() / Math.sqrt((double) count));
    }
}
