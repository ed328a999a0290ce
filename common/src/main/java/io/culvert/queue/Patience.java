package io.culvert.queue;

/**
 * How long packets may wait, for all flows of one queue: what its limits say, or more where the
 * path is long. A loss-based sender whose queue is much shorter than its path's round trip leaves
 * the path idle after each drop (RFC 8289 §4.3 and §4.4 derive both from the round trip), and its
 * wait is nobody else's: sparse flows go first. Confined to one thread.
 */
final class Patience {
    /** CUBIC sends 0.7 of what it had after a loss (RFC 9438 §4.6): that must fill the path. */
    private static final double OF_ROUND_TRIP = 0.4;

    private final Limits limits;
    private long targetNs;
    private long intervalNs;

    Patience(Limits limits) {
        this.limits = limits;
        setPath(0);
    }

    /** Flows have at least this round trip; 0 if that is not known. */
    void setPath(long roundTripNs) {
        targetNs = Math.max(limits.targetNs(), (long) (OF_ROUND_TRIP * roundTripNs));
        intervalNs = Math.max(limits.intervalNs(), 2 * roundTripNs);
    }

    long targetNs() {
        return targetNs;
    }

    long intervalNs() {
        return intervalNs;
    }
}
