package io.culvert.server.exit;

/**
 * Bytes that one peer may move one way: so many a second, and of what was left a quarter of a
 * second's at once. Confined to the loop.
 */
final class Allowance {
    /** Less than that is not worth a system call; it is waited for. */
    private static final int LEAST = 16 << 10;

    /** Of one flow at a time, so that the peer's others get their part. */
    private static final int MOST = 64 << 10;

    private static final double SECOND_NS = 1e9;
    private static final int BURSTS_A_SECOND = 4;

    private final long bytesPerSecond;
    private final double burst;
    private double bytes;
    private long filledNs;

    /** A full one; 0 a second: without an end. */
    Allowance(long bytesPerSecond, long nowNs) {
        this.bytesPerSecond = bytesPerSecond;
        this.burst = Math.max(MOST, (double) bytesPerSecond / BURSTS_A_SECOND);
        this.bytes = burst;
        this.filledNs = nowNs;
    }

    /** How many of the wanted ones may move now; 0: it is to be waited for. */
    int most(int wanted, long nowNs) {
        if (bytesPerSecond == 0) {
            return wanted;
        }
        fill(nowNs);
        return bytes < Math.min(wanted, LEAST) ? 0 : (int) Math.min(bytes, Math.min(wanted, MOST));
    }

    void spend(int moved) {
        bytes -= bytesPerSecond == 0 ? 0 : moved;
    }

    private void fill(long nowNs) {
        bytes = Math.min(burst, bytes + (nowNs - filledNs) / SECOND_NS * bytesPerSecond);
        filledNs = nowNs;
    }

    /** Whether it is as if it had just been made. */
    boolean isFull(long nowNs) {
        fill(nowNs);
        return bytes >= burst;
    }
}
