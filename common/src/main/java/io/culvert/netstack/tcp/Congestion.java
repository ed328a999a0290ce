package io.culvert.netstack.tcp;

import org.jspecify.annotations.Nullable;

/**
 * The congestion window through all phases: {@link Cubic} grows it, in its first slow start under
 * {@link HyStart}'s eyes, and {@link RateReduction} leads it through a recovery. Confined to one
 * thread.
 */
final class Congestion {
    private final Cubic cubic = new Cubic();
    private @Nullable HyStart hyStart; // null until the window is in use, and after slow start
    private boolean hasLeftSlowStart;
    private @Nullable RateReduction reduction; // while in recovery
    private int heldBackEnd;
    private boolean wasHeldBack;
    private long lastGrowthNs;

    void start(int segmentBytes) {
        cubic.start(segmentBytes);
    }

    int windowBytes() {
        return cubic.windowBytes();
    }

    /** The window, and nothing else, keeps back what comes behind that number. */
    void onHeldBack(int next) {
        wasHeldBack = true;
        heldBackEnd = next;
    }

    void onSent(int bytes) {
        if (reduction != null) {
            reduction.onSent(bytes);
        }
    }

    /** After long idleness. */
    void restart(int mss) {
        cubic.restart(mss);
    }

    /** A round trip, 0 when the acknowledgment told none. */
    void onRtt(Delivery delivery, long rttNs) {
        if (hasLeftSlowStart || !wasHeldBack || delivery.ackedBytes == 0) {
            return;
        }
        HyStart start = hyStart == null ? new HyStart() : hyStart;
        hyStart = start;
        if (start.onAck(delivery.number, delivery.next, rttNs) && cubic.isSlowStart()) {
            cubic.endSlowStart();
        }
        if (!cubic.isSlowStart()) {
            hasLeftSlowStart = true;
            hyStart = null;
        }
    }

    /** Only a window that was in use is known to be none too large (RFC 9438 §5.8). */
    void grow(Delivery delivery, int pipeBefore, boolean isForced, long smoothedNs, int mss) {
        boolean wasFull = wasHeldBack && !Sequence.isAfter(delivery.number, heldBackEnd);
        boolean isHalfFull = cubic.isSlowStart() && pipeBefore > cubic.windowBytes() / 2;
        if (wasFull || isHalfFull || isForced) {
            HyStart start = hyStart;
            int gain = start == null ? 1 : start.gain();
            cubic.onAck(delivery.ackedBytes, gain, delivery.nowNs, smoothedNs, mss);
        } else {
            cubic.onIdle(Math.max(0, delivery.nowNs - lastGrowthNs));
            wasHeldBack = false;
        }
        lastGrowthNs = delivery.nowNs;
    }

    /** A loss while so much was outstanding. */
    void beginRecovery(int flightBytes, int mss) {
        cubic.onCongestion(mss);
        reduction = new RateReduction(flightBytes);
    }

    /** In recovery so much more has arrived. */
    void reduce(int deliveredBytes, int pipeBytes, int mss) {
        if (reduction != null) {
            int threshold = cubic.thresholdBytes();
            cubic.setWindow(reduction.windowBytes(deliveredBytes, pipeBytes, threshold, mss));
        }
    }

    /** Whether a recovery is being led. */
    boolean isReducing() {
        return reduction != null;
    }

    /** The recovery is over, all of it repaired. */
    void endRecovery() {
        if (reduction != null) {
            cubic.setWindow(cubic.thresholdBytes());
            reduction = null;
        }
    }

    /** A loss that needs no recovery. */
    void onRepairedLoss(int mss) {
        cubic.onCongestion(mss);
        cubic.setWindow(cubic.thresholdBytes());
    }

    /**
     * One segment more than still counts as under way may go out. RFC 5681 §3.1: of timeouts in a
     * row only the first lets the threshold fall.
     */
    void onTimeout(boolean isFirst, int pipeBytes, int mss) {
        if (isFirst) {
            cubic.onCongestion(mss);
        }
        cubic.setWindow(pipeBytes + mss);
        reduction = null;
    }

    /** The last reduction was for nothing. */
    void undo() {
        cubic.undo();
        reduction = null;
    }
}
