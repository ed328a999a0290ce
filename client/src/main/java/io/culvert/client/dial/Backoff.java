package io.culvert.client.dial;

import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: doubling from 0.2 s to 30 s, each wait half fixed and
 * half random, so that clients who lost the same gateway do not return in step. Confined to one
 * thread.
 */
public final class Backoff {
    private static final long FIRST_NS = 200_000_000L;
    private static final long LONGEST_NS = 30_000_000_000L;

    private final RandomGenerator random;
    private long ceilingNs = FIRST_NS;

    /** A backoff at its beginning. */
    public Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** The next wait; the one after is up to twice as long. */
    public long nextNs() {
        long ns = ceilingNs / 2 + random.nextLong(ceilingNs / 2 + 1);
        ceilingNs = Math.min(2 * ceilingNs, LONGEST_NS);
        return ns;
    }

    /** Begins anew. */
    public void reset() {
        ceilingNs = FIRST_NS;
    }
}
