package io.culvert.stats;

import java.util.EnumMap;
import java.util.Map;

/** Drop counters, one per reason. Confined to the loop that counts. */
@SuppressWarnings("EnumOrdinal") // counted per packet: an array index, never stored or sent
public final class Drops {
    private static final DropReason[] REASONS = DropReason.values();

    private final long[] counts = new long[REASONS.length];

    /** Counts one drop. */
    public void count(DropReason reason) {
        counts[reason.ordinal()]++;
    }

    /** Counts several drops. */
    public void count(DropReason reason, long drops) {
        counts[reason.ordinal()] += drops;
    }

    /** How many drops had this reason. */
    public long of(DropReason reason) {
        return counts[reason.ordinal()];
    }

    /** How many drops there were in all. */
    public long total() {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }

    /** The reasons that occurred, with their counts. */
    public Map<DropReason, Long> snapshot() {
        Map<DropReason, Long> map = new EnumMap<>(DropReason.class);
        for (DropReason reason : REASONS) {
            if (counts[reason.ordinal()] != 0) {
                map.put(reason, counts[reason.ordinal()]);
            }
        }
        return map;
    }
}
