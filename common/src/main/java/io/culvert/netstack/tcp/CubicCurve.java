package io.culvert.netstack.tcp;

/**
 * The cubic function of {@link Cubic} (RFC 9438), which a flow needs only when its first slow start
 * is over. In segments and seconds. Confined to one thread.
 */
final class CubicCurve {
    private static final double C = 0.4;
    private static final double BETA = Cubic.BETA;
    private static final double ALPHA = 3 * (1 - BETA) / (1 + BETA); // §4.3
    private static final double NS = 1e9;

    private double most; // W_max
    private double friendly; // W_est: as Reno would have it
    private double prior; // the window before the last reduction
    private double zeroSeconds; // K: when the plateau is reached
    private long epochNs;
    private boolean hasEpoch;
    private double remainder; // bytes of growth below one
    private double undoMost; // what was before the last reduction, for it may prove spurious

    /** By how many bytes the window grows when so many were acknowledged. */
    int growth(int windowBytes, double acked, long nowNs, long rttNs, double mss) {
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
        return whole;
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

    /** Time passed in which the window was not in use: the function stands still (§5.8). */
    void onIdle(long idleNs) {
        if (hasEpoch) {
            epochNs += idleNs;
        }
    }

    /** A loss with this window (§4.7). */
    void onCongestion(double window) {
        undoMost = most;
        most = window < most ? window * (1 + BETA) / 2 : window;
        prior = window;
        hasEpoch = false;
    }

    /** The loss was none. */
    void undo() {
        most = undoMost;
        hasEpoch = false;
    }

    /** What is known of the path is too old. */
    void restart() {
        hasEpoch = false;
    }
}
