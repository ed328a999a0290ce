package io.culvert.bench.swarm;

/** So many a second. What a busy machine made it miss is not made up for in a burst. Confined. */
final class Pace {
    private static final double NS_PER_S = 1e9;

    private final double perSecond;
    private final long beganNs;
    private long taken;

    Pace(double perSecond, long nowNs) {
        this.perSecond = perSecond;
        this.beganNs = nowNs;
    }

    /** How many are due that were not taken yet. */
    int take(long nowNs) {
        long due = (long) ((nowNs - beganNs) / NS_PER_S * perSecond);
        long burst = Math.max(1, (long) (perSecond / 100));
        taken = Math.max(taken, due - burst);
        int count = (int) (due - taken);
        taken = due;
        return count;
    }
}
