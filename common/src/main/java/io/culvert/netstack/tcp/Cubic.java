package io.culvert.netstack.tcp;

import org.jspecify.annotations.Nullable;

/**
 * The congestion window by CUBIC (RFC 9438), with slow start as RFC 5681 has it. In bytes. Confined
 * to one thread.
 */
final class Cubic {
    static final double BETA = 0.7;

    /** More is never under way: windows are at most 2³⁰ (RFC 7323 §2.2). */
    private static final int MOST_BYTES = 1 << 30;

    private int windowBytes;
    private int thresholdBytes = Integer.MAX_VALUE;
    private @Nullable CubicCurve curve; // null until the first slow start is over

    // what was before the last reduction, for it may prove spurious
    private int undoWindowBytes;
    private int undoThresholdBytes;

    /** RFC 6928. */
    static int initialBytes(int mss) {
        return Math.min(10 * mss, Math.max(2 * mss, 14_600));
    }

    void start(int mss) {
        windowBytes = initialBytes(mss);
    }

    int windowBytes() {
        return windowBytes;
    }

    int thresholdBytes() {
        return thresholdBytes;
    }

    void setWindow(int bytes) {
        windowBytes = Math.min(MOST_BYTES, bytes);
    }

    boolean isSlowStart() {
        return windowBytes < thresholdBytes;
    }

    /** Slow start has found the path's rate without a loss (RFC 9406). */
    void endSlowStart() {
        thresholdBytes = windowBytes;
    }

    /** Bytes were acknowledged while the window was all in use; {@code gain} divides slow start. */
    void onAck(int ackedBytes, int gain, long nowNs, long rttNs, int mss) {
        int left = ackedBytes;
        if (isSlowStart()) {
            int room = thresholdBytes - windowBytes;
            int growth = Math.min(left / gain, room);
            setWindow(windowBytes + growth);
            left -= growth * gain;
            if (isSlowStart()) {
                return;
            }
        }
        if (left > 0) {
            setWindow(windowBytes + curve().growth(windowBytes, left, nowNs, rttNs, mss));
        }
    }

    private CubicCurve curve() {
        CubicCurve known = curve == null ? new CubicCurve() : curve;
        curve = known;
        return known;
    }

    /** Time passed in which the window was not in use. */
    void onIdle(long idleNs) {
        if (curve != null) {
            curve.onIdle(idleNs);
        }
    }

    /** A loss: the threshold is what the window shall become (§4.6, §4.7). */
    void onCongestion(int mss) {
        undoWindowBytes = windowBytes;
        undoThresholdBytes = thresholdBytes;
        curve().onCongestion((double) windowBytes / mss);
        thresholdBytes = Math.max(2 * mss, (int) (windowBytes * BETA));
    }

    /** The loss was none. */
    void undo() {
        windowBytes = Math.max(windowBytes, undoWindowBytes);
        thresholdBytes = undoThresholdBytes;
        curve().undo();
    }

    /** After long idleness nothing is known of the path's present rate (RFC 5681 §4.1). */
    void restart(int mss) {
        if (windowBytes > initialBytes(mss)) {
            thresholdBytes = Math.max(thresholdBytes, windowBytes / 4 * 3);
            windowBytes = initialBytes(mss);
            if (curve != null) {
                curve.restart();
            }
        }
    }
}
