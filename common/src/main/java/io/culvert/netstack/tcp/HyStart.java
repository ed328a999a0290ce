package io.culvert.netstack.tcp;

/**
 * HyStart++ (RFC 9406): ends slow start when round trips grow, before the queue on the path
 * overflows. Confined to one thread; dropped with slow start.
 */
final class HyStart {
    private static final long LEAST_GROWTH_NS = 4_000_000;
    private static final long MOST_GROWTH_NS = 16_000_000;
    private static final int SAMPLES = 8;
    private static final int CONSERVATIVE_ROUNDS = 5;

    /** Conservative slow start grows by a fourth. */
    private static final int CONSERVATIVE_GAIN = 4;

    private long lastRoundNs = Long.MAX_VALUE;
    private long thisRoundNs = Long.MAX_VALUE;
    private long baselineNs;
    private int samples;
    private int roundEnd;
    private boolean hasRound;
    private int conservativeRounds; // 0: standard slow start

    /** What slow start's growth is to be divided by. */
    int gain() {
        return conservativeRounds > 0 ? CONSERVATIVE_GAIN : 1;
    }

    /** An acknowledgment with its round trip (0: none known); whether slow start is over. */
    boolean onAck(int acknowledged, int next, long rttNs) {
        boolean isNewRound = !hasRound || Sequence.isAfter(acknowledged, roundEnd);
        if (isNewRound) {
            hasRound = true;
            roundEnd = next;
            lastRoundNs = thisRoundNs;
            thisRoundNs = Long.MAX_VALUE;
            samples = 0;
            if (conservativeRounds > 0 && ++conservativeRounds > CONSERVATIVE_ROUNDS) {
                return true;
            }
        }
        if (rttNs > 0) {
            thisRoundNs = Math.min(thisRoundNs, rttNs);
            samples++;
            judge();
        }
        return false;
    }

    private void judge() {
        if (samples < SAMPLES || lastRoundNs == Long.MAX_VALUE) {
            return;
        }
        if (conservativeRounds > 0) {
            if (thisRoundNs < baselineNs) { // it was no queue
                conservativeRounds = 0;
            }
            return;
        }
        long growthNs = Math.clamp(lastRoundNs / 8, LEAST_GROWTH_NS, MOST_GROWTH_NS);
        if (thisRoundNs >= lastRoundNs + growthNs) {
            baselineNs = thisRoundNs;
            conservativeRounds = 1;
        }
    }
}
