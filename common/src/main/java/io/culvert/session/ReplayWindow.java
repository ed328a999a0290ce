package io.culvert.session;

/**
 * The sliding window of counters already seen (RFC 6479): {@value #BITS} bits, of which {@value
 * #WINDOW} are usable. Confined to its session. Its fresh state accepts any counter.
 */
final class ReplayWindow {
    static final int BITS = 8192;
    static final int WINDOW = BITS - Long.SIZE;

    private static final int WORDS = BITS / Long.SIZE;

    private final long[] ring = new long[WORDS];
    private long greatest;
    private boolean isFresh = true;

    /** Whether the counter is greater than all that were accepted. */
    boolean isNewest(long counter) {
        return isFresh || Long.compareUnsigned(counter, greatest) > 0;
    }

    /**
     * Marks the counter as seen. To be called only for authenticated messages.
     *
     * @return false when it was seen before or is too old to tell
     */
    boolean accept(long counter) {
        long word = counter >>> 6;
        if (Long.compareUnsigned(counter, greatest) > 0) {
            long current = greatest >>> 6;
            long ahead = Math.min(word - current, WORDS);
            for (long i = 1; i <= ahead; i++) {
                ring[(int) (current + i) & (WORDS - 1)] = 0;
            }
            greatest = counter;
        } else if (Long.compareUnsigned(greatest - counter, WINDOW) > 0) {
            return false;
        }
        int index = (int) word & (WORDS - 1);
        long bit = 1L << (counter & 63);
        if ((ring[index] & bit) != 0) {
            return false;
        }
        ring[index] |= bit;
        isFresh = false;
        return true;
    }
}
