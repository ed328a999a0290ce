package io.culvert.netstack;

/** A bucket of tokens that fills with time: so many a second, and so many at once. Confined. */
final class RateBucket {
    private static final long SECOND_NS = 1_000_000_000;

    private final long tokenNs;
    private final long burstNs;
    private long filledNs; // how much time's worth is in it
    private long lastNs;
    private boolean isUsed;

    RateBucket(int perSecond, int burst) {
        tokenNs = SECOND_NS / perSecond;
        burstNs = burst * tokenNs;
    }

    /** Takes a token; false when there is none. */
    boolean take(long nowNs) {
        filledNs = isUsed ? Math.min(burstNs, filledNs + Math.max(0, nowNs - lastNs)) : burstNs;
        isUsed = true;
        lastNs = nowNs;
        if (filledNs < tokenNs) {
            return false;
        }
        filledNs -= tokenNs;
        return true;
    }
}
