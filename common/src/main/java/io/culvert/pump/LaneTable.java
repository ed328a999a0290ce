package io.culvert.pump;

import io.culvert.ip.FlowHash;

/**
 * Which of a bundle's connections each flow goes by. A flow that begins takes the one that carried
 * the least lately, so that a keystroke is not sent behind somebody's download, and stays on it:
 * packets of one flow never overtake each other. Only after a silence longer than any of them can
 * be under way is it a new flow. Confined to the loop.
 */
final class LaneTable {
    private static final int BUCKETS = 1024;
    private static final long SILENCE_NS = 3_000_000_000L;

    /** What was carried counts half after so long. */
    private static final double HALF_LIFE_NS = 1e9;

    private final byte[] lanes = new byte[BUCKETS];
    private final long[] lastNs = new long[BUCKETS];
    private final boolean[] isKnown = new boolean[BUCKETS];
    private final double[] carried; // bytes, as of updatedNs
    private long updatedNs;

    LaneTable(int most) {
        this.carried = new double[most];
    }

    /** The lane for a packet, of {@code count} that there are now. */
    int laneOf(int flowHash, int bytes, int count, long nowNs) {
        int bucket = FlowHash.bucket(flowHash, BUCKETS);
        if (!isKnown[bucket] || nowNs - lastNs[bucket] > SILENCE_NS) {
            isKnown[bucket] = true;
            lanes[bucket] = (byte) leastUsed(count, nowNs);
        }
        lastNs[bucket] = nowNs;
        carried[lanes[bucket]] += bytes;
        return lanes[bucket];
    }

    private int leastUsed(int count, long nowNs) {
        double kept = Math.pow(0.5, Math.max(0, nowNs - updatedNs) / HALF_LIFE_NS);
        updatedNs = nowNs;
        int least = 0;
        for (int lane = 0; lane < carried.length; lane++) {
            carried[lane] *= kept;
            least = lane < count && carried[lane] < carried[least] ? lane : least;
        }
        return least;
    }
}
