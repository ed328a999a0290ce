package io.culvert.tunnel;

/**
 * Which sources were told their cookie within the last second: once is enough, as who listens there
 * keeps it for two minutes. Of fixed size; a source whose place another has taken is told again.
 * Confined to the engine.
 */
final class Told {
    private static final int PLACES = 4096;
    private static final long AGAIN_NS = Timing.SECOND_NS;
    private static final long FNV_PRIME = 0x100000001b3L;

    /** Unknown to all, so that nobody can take another's place at will. */
    private final long seed;

    private final long[] sources = new long[PLACES];
    private final long[] sinceNs = new long[PLACES];

    Told(long seed) {
        this.seed = seed;
    }

    /** Whether the source was told lately; if not, it counts as told now. */
    boolean wasToldLately(byte[] source, long nowNs) {
        long hash = seed;
        for (byte octet : source) {
            hash = (hash ^ octet) * FNV_PRIME;
            hash ^= hash >>> 29;
        }
        int place = (int) (hash >>> 40) & (PLACES - 1);
        if (sources[place] == hash && nowNs - sinceNs[place] < AGAIN_NS) {
            return true;
        }
        sources[place] = hash;
        sinceNs[place] = nowNs;
        return false;
    }
}
