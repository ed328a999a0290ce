package io.culvert.netstack.tcp;

import org.jspecify.annotations.Nullable;

/**
 * RACK (RFC 8985 §6): what was sent some time before a segment that has arrived is lost. Confined
 * to one thread.
 */
final class Rack {
    private static final int DUPLICATE_THRESHOLD = 3;

    /** Recoveries without a DSACK after which the window for reordering is small again. */
    private static final int WINDOW_LIFE = 16;

    private final RttEstimator rtt;

    private boolean hasSample;
    private long sentNs; // of the newest segment that arrived
    private int end;
    private long rttNs;

    private boolean hasHighest;
    private int highest; // RACK.fack
    private boolean isReordering;
    private int windowFactor = 1;
    private int windowLife;
    private int roundEnd; // a window grows once a round trip
    private boolean hasRound;

    Rack(RttEstimator rtt) {
        this.rtt = rtt;
    }

    /** §6.2, steps 2 and 3. */
    void onDelivered(Sent sent, Delivery delivery) {
        if (!hasHighest || Sequence.isAfter(sent.end, highest)) {
            hasHighest = true;
            highest = sent.end;
        } else if (!sent.isRetransmitted && Sequence.isBefore(sent.end, highest)) {
            isReordering = true;
        }
        long age = delivery.nowNs - sent.sentNs;
        // of what was sent again it may have been the first that arrived
        boolean isDoubtful = delivery.isEchoBefore(sent.sentNs) || age < rtt.leastNs();
        if (sent.isRetransmitted && isDoubtful) {
            return;
        }
        long later = sent.sentNs - sentNs;
        if (!hasSample || later > 0 || (later == 0 && Sequence.isAfter(sent.end, end))) {
            hasSample = true;
            sentNs = sent.sentNs;
            end = sent.end;
            rttNs = age;
        }
    }

    /** §6.2, step 4: something arrived twice, so a segment was taken for lost too early. */
    void onDuplicate(int acknowledged, int next) {
        if (!hasRound || !Sequence.isBefore(acknowledged, roundEnd)) {
            hasRound = true;
            roundEnd = next;
            windowFactor = Math.min(windowFactor + 1, 32);
            windowLife = WINDOW_LIFE;
        }
    }

    /** A recovery is over. */
    void onRecovered() {
        if (windowLife > 0 && --windowLife == 0) {
            windowFactor = 1;
        }
    }

    /**
     * §6.2, step 5: marks what is lost; answers in how many ns something may turn out to be, 0 when
     * nothing waits for that.
     */
    long detect(Scoreboard board, boolean isRecovering, int mss, long nowNs) {
        if (!hasSample) {
            return 0;
        }
        long windowNs = windowNs(board, isRecovering, mss);
        Sent sent = board.oldest();
        while (sent != null && isBeforeNewest(sent)) {
            long remainingNs = sent.sentNs + rttNs + windowNs - nowNs;
            if (remainingNs > 0) {
                return remainingNs;
            }
            Sent newer = sent.newer;
            board.markLost(sent);
            sent = newer;
        }
        return 0;
    }

    private boolean isBeforeNewest(Sent sent) {
        long later = sentNs - sent.sentNs;
        return later > 0 || (later == 0 && Sequence.isAfter(end, sent.end));
    }

    private long windowNs(Scoreboard board, boolean isRecovering, int mss) {
        boolean isEnough = board.sackedBytes() >= DUPLICATE_THRESHOLD * mss;
        if (!isReordering && (isRecovering || isEnough)) {
            return 0;
        }
        return Math.min(windowFactor * rtt.leastNs() / 4, rtt.smoothedNs());
    }

    /** §6.3: after a timeout the first segment is lost, and whatever is as old. */
    void onTimeout(Scoreboard board, long momentNs) {
        Sent first = board.firstMissing();
        if (first != null && !first.isLost) {
            board.markLost(first);
        }
        long oldEnoughNs = Math.max(rttNs, rtt.smoothedNs());
        @Nullable Sent sent = board.oldest();
        while (sent != null && momentNs - sent.sentNs >= oldEnoughNs) {
            Sent newer = sent.newer;
            board.markLost(sent);
            sent = newer;
        }
    }
}
