package io.culvert.server.exit;

/** What one peer holds open, and how fast it opens and moves more. Confined to the loop. */
final class Share {
    private static final long SECOND_NS = 1_000_000_000;

    private final ExitLimits limits;
    private final Allowance towardsTarget;
    private final Allowance fromTarget;
    private int flows;
    private double tokens;
    private long filledNs;

    Share(ExitLimits limits, long nowNs) {
        this.limits = limits;
        this.tokens = limits.newFlowsPerSecond();
        this.filledNs = nowNs;
        this.towardsTarget = new Allowance(limits.bytesPerSecond(), nowNs);
        this.fromTarget = new Allowance(limits.bytesPerSecond(), nowNs);
    }

    Allowance towardsTarget() {
        return towardsTarget;
    }

    Allowance fromTarget() {
        return fromTarget;
    }

    /** Takes a place for a flow; false when there is none, or not yet. */
    boolean take(long nowNs) {
        fill(nowNs);
        if (flows >= limits.flowsPerPeer() || tokens < 1) {
            return false;
        }
        flows++;
        tokens--;
        return true;
    }

    private void fill(long nowNs) {
        double earned = (double) (nowNs - filledNs) * limits.newFlowsPerSecond() / SECOND_NS;
        tokens = Math.min(limits.newFlowsPerSecond(), tokens + earned);
        filledNs = nowNs;
    }

    void giveBack() {
        flows--;
    }

    /** Whether it is as if it had just been made. */
    boolean isFresh(long nowNs) {
        fill(nowNs);
        return flows == 0
                && tokens >= limits.newFlowsPerSecond()
                && towardsTarget.isFull(nowNs)
                && fromTarget.isFull(nowNs);
    }
}
