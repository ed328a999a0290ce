package io.culvert.queue;

/**
 * How much may wait for one peer, and for how long. Immutable.
 *
 * @param maxPackets packets that may wait in all
 * @param maxBytes bytes that may wait in all
 * @param targetNs how long a packet may wait without harm (RFC 8289 §4.3: 5 ms)
 * @param intervalNs how long the wait may stand above the target (RFC 8289 §4.3: 100 ms)
 * @param quantumBytes what a flow may send before the next flow's turn
 * @param flows into how many buckets flows are hashed
 */
public record Limits(
        int maxPackets,
        long maxBytes,
        long targetNs,
        long intervalNs,
        int quantumBytes,
        int flows) {
    /** Refuses what no queue can work with. */
    public Limits {
        if (maxPackets < 1 || maxBytes < 1 || quantumBytes < 1 || flows < 1) {
            throw new IllegalArgumentException("a queue's limits are positive");
        }
        if (targetNs < 0 || intervalNs < 1) {
            throw new IllegalArgumentException("a queue's target and interval are durations");
        }
    }

    /** What fits a tunnel on the open Internet: at most 1024 packets or 4 MiB. */
    public static Limits defaults() {
        return new Limits(1024, 4 << 20, 5_000_000, 100_000_000, 1514, 1024);
    }

    /** The same with another bound in bytes. */
    public Limits withMaxBytes(long bytes) {
        return new Limits(maxPackets, bytes, targetNs, intervalNs, quantumBytes, flows);
    }

    /** The same with another number of buckets. */
    public Limits withFlows(int buckets) {
        return new Limits(maxPackets, maxBytes, targetNs, intervalNs, quantumBytes, buckets);
    }
}
