package io.culvert.netstack.tcp;

/**
 * The congestion window by CUBIC (RFC 9438), with slow start as RFC 5681 has it. In bytes; the
 * cubic function is in segments. Confined to one thread.
 */
final class Cubic {
    private static final double C = 0.4;
    private static final double BETA = 0.7;
    private static final double ALPHA = 3 * (1 - BETA) / (1 + BETA); // §4.3
    private static final double NS = 1e9;

    /** More is never under way: windows are at most 2³⁰ (RFC 7323 §2.2). */
    private static final int MOST_BYTES = 1 << 30;

    private int windowBytes;
    private int thresholdBytes = Integer.MAX_VALUE;

    private double most; // W_max
    private double friendly; // W_est: as Reno would have it
    private double prior; // the window before the last reduction
    private double zeroSeconds; // K: when the plateau is reached
    private long epochNs;
    private boolean hasEpoch;
    private double remainder; // bytes of growth below one

    // what was before the last reduction, for it may prove spurious
    private int undoWindowBytes;
    private int undoThresholdBytes;
    private double undoMost;

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
            windowBytes = Math.min(MOST_BYTES, windowBytes + growth);
            left -= growth * gain;
            if (isSlowStart()) {
                return;
            }
        }
        if (left > 0) {
            avoidCongestion(left, nowNs, rttNs, mss);
        }
    }

    private void avoidCongestion(double acked, long nowNs, long rttNs, double mss) {
        double window = windowBytes / mss;
        if (!hasEpoch) {
            beginEpoch(window, nowNs);
        }
        double seconds = (nowNs - epochNs) / NS;
        double now = cube(seconds - zeroSeconds) * C + most;
        double target = cube(seconds + rttNs / NS - zeroSeconds) * C + most;
        target = Math.clamp(target, window, 1.5 * window);
        double alpha = friendly >= prior ? 1 : ALPHA;
        friendly += alpha * acked / windowBytes;
        double grown =
                now < friendly
                        ? Math.max(window, friendly)
                        : window + (target - window) / window * (acked / mss);
        remainder += (grown - window) * mss;
        int whole = (int) remainder;
        remainder -= whole;
        windowBytes = Math.min(MOST_BYTES, windowBytes + whole);
    }

    private void beginEpoch(double window, long nowNs) {
        hasEpoch = true;
        epochNs = nowNs;
        friendly = window;
        if (most <= window) {
            most = window;
            zeroSeconds = 0;
        } else {
            zeroSeconds = Math.cbrt((most - window) / C);
        }
    }

    private static double cube(double x) {
        return x * x * x;
    }

    /** Time passed in which the window was not in use: the cubic function stands still (§5.8). */
    void onIdle(long idleNs) {
        if (hasEpoch) {
            epochNs += idleNs;
        }
    }

    /** A loss: the threshold is what the window shall become (§4.6, §4.7). */
    void onCongestion(int mss) {
        undoWindowBytes = windowBytes;
        undoThresholdBytes = thresholdBytes;
        undoMost = most;
        double window = (double) windowBytes / mss;
        most = window < most ? window * (1 + BETA) / 2 : window;
        prior = window;
        thresholdBytes = Math.max(2 * mss, (int) (windowBytes * BETA));
        hasEpoch = false;
    }

    /** The loss was none. */
    void undo() {
        windowBytes = Math.max(windowBytes, undoWindowBytes);
        thresholdBytes = undoThresholdBytes;
        most = undoMost;
        hasEpoch = false;
    }

    /** After long idleness nothing is known of the path's present rate (RFC 5681 §4.1). */
    void restart(int mss) {
        if (windowBytes > initialBytes(mss)) {
            thresholdBytes = Math.max(thresholdBytes, windowBytes / 4 * 3);
            windowBytes = initialBytes(mss);
            hasEpoch = false;
        }
    }
}
