package io.culvert.netstack.tcp;

/** Round-trip time and retransmission timeout (RFC 6298). Confined to one thread. */
public final class RttEstimator {
    /** Less would take a delayed acknowledgment for a loss. */
    static final long LEAST_RTO_NS = 200_000_000;

    static final long MOST_RTO_NS = 60_000_000_000L;

    /** Before the first sample (RFC 6298 §2.1). */
    private static final long FIRST_RTO_NS = 1_000_000_000;

    /** The least of the last one to two of these is the least round trip (RFC 8985 §6.2). */
    private static final long LEAST_LIFE_NS = 150_000_000_000L;

    private long smoothedNs;
    private long variationNs;
    private long leastNs = Long.MAX_VALUE;
    private long leastBeforeNs = Long.MAX_VALUE;
    private long leastSinceNs;
    private int backoffs;

    /** Takes a sample of a segment that was sent once. */
    public void sample(long rttNs, long nowNs) {
        long rtt = Math.max(1, rttNs);
        if (smoothedNs == 0) {
            smoothedNs = rtt;
            variationNs = rtt / 2;
        } else {
            variationNs += (Math.abs(smoothedNs - rtt) - variationNs) / 4;
            smoothedNs += (rtt - smoothedNs) / 8;
        }
        if (nowNs - leastSinceNs > LEAST_LIFE_NS) {
            leastBeforeNs = leastNs;
            leastNs = rtt;
            leastSinceNs = nowNs;
        }
        leastNs = Math.min(leastNs, rtt);
    }

    /** Whether there was a sample. */
    public boolean isKnown() {
        return smoothedNs != 0;
    }

    /** The smoothed round trip; 0 before the first sample. */
    public long smoothedNs() {
        return smoothedNs;
    }

    /** The least round trip of the last minutes; 0 before the first sample. */
    public long leastNs() {
        return smoothedNs == 0 ? 0 : Math.min(leastNs, leastBeforeNs);
    }

    /** The timeout, backed off. */
    public long timeoutNs() {
        long timeout =
                smoothedNs == 0
                        ? FIRST_RTO_NS
                        : smoothedNs + Math.max(LEAST_RTO_NS, 4 * variationNs);
        return Math.min(MOST_RTO_NS, timeout << Math.min(backoffs, 10));
    }

    /** Doubles the timeout until the next {@link #forgetBackoff} (RFC 6298 §5.5). */
    public void backOff() {
        backoffs++;
    }

    /** There was an answer to something new. */
    public void forgetBackoff() {
        backoffs = 0;
    }

    /** How often in a row the timeout was doubled. */
    public int backoffs() {
        return backoffs;
    }
}
