package io.culvert.netstack.tcp;

import org.jspecify.annotations.Nullable;

/**
 * Decides what of a flow is lost, when that is sent again, and how much may be under way. Sends
 * nothing itself: the flow tells what it sent and what was acknowledged, and asks. Confined to one
 * thread.
 *
 * <ol>
 *   <li>{@link #onAck}: the {@link Scoreboard} takes note, {@link RttEstimator} samples, {@link
 *       Rack} marks losses, or {@link Reno} where the peer has no SACK.
 *   <li>A loss begins a recovery; {@link Congestion} has the window.
 *   <li>{@link #onTimer}: a {@link TailProbe}, then the timeout (RFC 6298).
 *   <li>A recovery that proves {@link Spurious} is undone.
 * </ol>
 */
public final class LossRecovery {
    private enum Phase {
        OPEN,
        RECOVERY,
        LOSS
    }

    private enum Wait {
        NOTHING,
        REORDERING,
        PROBE,
        TIMEOUT
    }

    private final Scoreboard board;
    private final RttEstimator rtt = new RttEstimator();
    private final Rack rack = new Rack(rtt);
    private final Congestion congestion = new Congestion();
    private final TailProbe probe = new TailProbe();
    private @Nullable Spurious spurious; // null where no recovery is, or it is certainly needed
    private @Nullable Reno reno; // null where the peer has SACK
    private int mss = 536;
    private boolean hasSack;

    private Phase phase = Phase.OPEN;
    private int recoverEnd; // while not open: what was sent when it began

    private Wait wait = Wait.NOTHING;
    private long waitUntilNs; // only while there is a wait
    private long timeoutBaseNs;
    private boolean isOverdue; // timed out, and what is to go out for that was not polled yet
    private long lastSentNs;

    /** Nothing was sent yet. */
    public LossRecovery(SentPool pool) {
        board = new Scoreboard(pool);
    }

    /** The handshake is over: segments of that size; whether the peer understands SACK. */
    public void start(int segmentBytes, boolean peerHasSack) {
        mss = segmentBytes;
        hasSack = peerHasSack;
        reno = peerHasSack ? null : new Reno();
        congestion.start(segmentBytes);
    }

    /** Segments have another size from now on. */
    public void setMss(int segmentBytes) {
        mss = segmentBytes;
    }

    /** Bytes of data a segment. */
    public int mss() {
        return mss;
    }

    /** Round trips and timeout. */
    public RttEstimator rtt() {
        return rtt;
    }

    /** Whether nothing is under way. */
    public boolean isIdle() {
        return board.isEmpty();
    }

    /** The congestion window. */
    public int windowBytes() {
        return congestion.windowBytes();
    }

    /** Bytes sent and not acknowledged. */
    public int outstandingBytes() {
        return board.totalBytes();
    }

    private int pipeBytes() {
        int pipe = board.underWayBytes();
        return reno == null ? pipe : pipe - (int) Math.min((long) reno.duplicates() * mss, pipe);
    }

    /** Bytes that the congestion window lets out now; may be negative. */
    public int roomBytes() {
        return congestion.windowBytes() - pipeBytes();
    }

    /** The congestion window, and nothing else, keeps back what comes behind that number. */
    public void onHeldBack(int next) {
        congestion.onHeldBack(next);
    }

    /** New bytes go out. */
    public void onSent(int start, int end, long nowNs) {
        if (board.isEmpty()) {
            timeoutBaseNs = nowNs;
            if (rtt.isKnown() && nowNs - lastSentNs > rtt.timeoutNs()) {
                congestion.restart(mss);
            }
        }
        board.onSent(start, end, nowNs);
        if (probe.isWanted()) {
            probe.onSent(end, false);
            timeoutBaseNs = nowNs;
        }
        afterSending(end - start, nowNs);
    }

    private void afterSending(int bytes, long nowNs) {
        lastSentNs = nowNs;
        if (isOverdue) {
            isOverdue = false;
            timeoutBaseNs = nowNs;
        }
        congestion.onSent(bytes);
        arm(0, nowNs);
    }

    /** Whether so many small pieces are under way that nothing new should follow. */
    public boolean isCrowded() {
        return board.isCrowded();
    }

    /** Whether bytes that are lost wait to be sent again. */
    public boolean hasLost() {
        return board.lostBytes() > 0;
    }

    /** Where the first lost bytes begin; only if {@link #hasLost}. */
    public int lostStart() {
        return board.lost().start;
    }

    /** How many bytes from {@link #lostStart} on are lost in one piece. */
    public int lostLength() {
        return board.lostLength();
    }

    /** So many of the bytes from {@link #lostStart} on go out again. */
    public void onSentAgain(int bytes, long nowNs) {
        int left = bytes;
        while (left > 0) {
            Sent lost = board.lost();
            int part = Math.min(left, lost.length());
            board.onSentAgain(lost, part, nowNs);
            left -= part;
        }
        if (spurious != null) {
            spurious.onSentAgain(bytes, nowNs);
        }
        afterSending(bytes, nowNs);
    }

    /** Whether a probe for a lost tail shall go out: new data, or the last segment again. */
    public boolean isProbeWanted() {
        return probe.isWanted() && !board.isEmpty();
    }

    /** Where the last segment begins; only if {@link #isProbeWanted}. */
    public int tailStart() {
        return board.lastSegmentStart(mss);
    }

    /** Where the last segment ends. */
    public int tailEnd() {
        return board.last().end;
    }

    /** The last segment goes out again as the probe. */
    public void onTailSentAgain(long nowNs) {
        Sent last = board.lastSegment(mss);
        int bytes = last.length();
        if (!last.isSacked) {
            board.onSentAgain(last, bytes, nowNs);
        }
        probe.onSent(last.end, true);
        timeoutBaseNs = nowNs;
        afterSending(bytes, nowNs);
    }

    /** An acceptable acknowledgment, begun in {@code delivery}, with its options. */
    public void onAck(Delivery delivery, TcpOptions options) {
        int pipeBefore = board.underWayBytes();
        board.acknowledge(delivery, rack);
        takeSacks(delivery, options);
        sample(delivery);
        if (delivery.ackedBytes > 0) {
            rtt.forgetBackoff();
            timeoutBaseNs = delivery.nowNs;
        }
        if (spurious != null && spurious.isProven(delivery)) {
            board.forgetLosses();
            congestion.undo();
            open();
        }
        if (probe.hasRepaired(delivery) && phase == Phase.OPEN) {
            congestion.onRepairedLoss(mss);
        }
        if (phase != Phase.OPEN && delivery.deliveredBytes > 0) {
            probe.forget();
        }
        if (reno != null) {
            reno.onAck(delivery, board, phase == Phase.OPEN, recoverEnd, mss);
        }
        long waitNs = detect(delivery.nowNs);
        advancePhase(delivery, pipeBefore);
        arm(waitNs, delivery.nowNs);
    }

    private void takeSacks(Delivery delivery, TcpOptions options) {
        if (!hasSack) {
            return;
        }
        int duplicate = options.duplicateBytes(delivery.number);
        if (duplicate > 0) {
            delivery.duplicateBytes = duplicate;
            rack.onDuplicate(delivery.number, delivery.next);
        }
        board.sack(options, delivery, rack);
    }

    private void sample(Delivery delivery) {
        long rttNs = delivery.rttNs();
        if (rttNs > 0) {
            rtt.sample(rttNs, delivery.nowNs);
        }
        congestion.onRtt(delivery, delivery.hasSample ? rttNs : 0);
    }

    private long detect(long nowNs) {
        return hasSack ? rack.detect(board, phase != Phase.OPEN, mss, nowNs) : 0;
    }

    private void advancePhase(Delivery delivery, int pipeBefore) {
        if (phase != Phase.OPEN && !Sequence.isBefore(delivery.number, recoverEnd)) {
            congestion.endRecovery();
            open();
        }
        if (phase == Phase.OPEN && board.lostBytes() > 0) {
            enterRecovery(delivery.next);
        }
        if (congestion.isReducing()) {
            congestion.reduce(delivery.deliveredBytes, pipeBytes(), mss);
        } else if (delivery.ackedBytes > 0) {
            boolean isAfterTimeout = phase == Phase.LOSS;
            congestion.grow(delivery, pipeBefore, isAfterTimeout, rtt.smoothedNs(), mss);
        }
    }

    private void open() {
        phase = Phase.OPEN;
        forgetDuplicates();
        spurious = null;
        rack.onRecovered();
    }

    private void forgetDuplicates() {
        if (reno != null) {
            reno.clear();
        }
    }

    private void enterRecovery(int next) {
        phase = Phase.RECOVERY;
        recoverEnd = next;
        congestion.beginRecovery(board.totalBytes(), mss);
        spurious = new Spurious();
        probe.forget();
    }

    /** The path takes only smaller segments: what is under way is lost, and no congestion. */
    public void onTooBig(int next, long nowNs) {
        for (Sent sent = board.oldest(); sent != null; sent = board.oldest()) {
            board.markLost(sent);
        }
        if (phase == Phase.OPEN) {
            phase = Phase.LOSS;
            recoverEnd = next;
        }
        spurious = null;
        probe.forget();
        arm(0, nowNs);
    }

    private void arm(long reorderingNs, long nowNs) {
        if (board.isEmpty()) {
            wait = Wait.NOTHING;
            isOverdue = false;
            probe.forget();
            return;
        }
        if (isOverdue && board.lostBytes() > 0) {
            wait = Wait.NOTHING;
            return;
        }
        long timeoutAtNs = timeoutBaseNs + rtt.timeoutNs();
        wait = Wait.TIMEOUT;
        waitUntilNs = timeoutAtNs;
        if (reorderingNs > 0) {
            wait = Wait.REORDERING;
            waitUntilNs = nowNs + reorderingNs;
        } else if (mayProbe()) {
            boolean isOneSegment = board.totalBytes() <= mss;
            long probeAtNs = nowNs + TailProbe.waitNs(rtt.smoothedNs(), isOneSegment);
            if (probeAtNs - timeoutAtNs < 0) {
                wait = Wait.PROBE;
                waitUntilNs = probeAtNs;
            }
        }
    }

    /**
     * RFC 8985 §7.2 wants probes only where nothing is lost. Here a recovery has them too, one
     * after each answer: without, it waits for the timeout whenever what was sent again is lost
     * again.
     */
    private boolean mayProbe() {
        return hasSack
                && (phase == Phase.OPEN ? board.sackedBytes() == 0 : rtt.backoffs() == 0)
                && !probe.isUnderWay()
                && rtt.isKnown()
                && board.lostBytes() == 0;
    }

    /** Whether there is a moment at which {@link #onTimer} wants to be called. */
    public boolean isWaiting() {
        return wait != Wait.NOTHING;
    }

    /** That moment; only if {@link #isWaiting}. */
    public long waitUntilNs() {
        return waitUntilNs;
    }

    /** The moment has come; answers whether that was a retransmission timeout. */
    public boolean onTimer(int next, long nowNs) {
        switch (wait) {
            case REORDERING -> {
                long waitNs = detect(nowNs);
                if (phase == Phase.OPEN && board.lostBytes() > 0) {
                    enterRecovery(next);
                    congestion.reduce(0, pipeBytes(), mss);
                }
                arm(waitNs, nowNs);
            }
            case PROBE -> {
                probe.want();
                wait = Wait.TIMEOUT;
                waitUntilNs = timeoutBaseNs + rtt.timeoutNs();
            }
            case TIMEOUT -> onTimeout(next, nowNs);
            case NOTHING -> {}
        }
        return wait == Wait.TIMEOUT && rtt.backoffs() > 0;
    }

    private void onTimeout(int next, long nowNs) {
        boolean isAgain = phase == Phase.LOSS && rtt.backoffs() > 0;
        Sent first = board.head();
        if (first != null && first.isSacked) {
            board.forgetSacks();
        }
        spurious = isAgain ? null : new Spurious();
        rack.onTimeout(board, nowNs);
        congestion.onTimeout(!isAgain, board.underWayBytes(), mss);
        probe.forget();
        phase = Phase.LOSS;
        forgetDuplicates();
        recoverEnd = next;
        rtt.backOff();
        isOverdue = true;
        arm(0, nowNs);
    }

    /** Frees everything. */
    public void clear() {
        board.clear();
        wait = Wait.NOTHING;
    }
}
