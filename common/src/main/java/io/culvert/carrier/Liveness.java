package io.culvert.carrier;

import java.util.random.RandomGenerator;

/**
 * Decides when to ping and when to give the connection up; sends nothing itself. Confined to the
 * carrier.
 *
 * <ol>
 *   <li>Under traffic a ping every {@value #TRAFFIC_PING_NS} ns, while none is unanswered.
 *   <li>When nothing was sent for a while a ping, at a time that makes no regular beacon.
 *   <li>A ping unanswered and no byte read for the limit: dead. Any byte postpones that, since an
 *       answer may stand behind a long queue.
 *   <li>After a gap in the checks (the machine slept) nothing is known: a fresh ping first, whose
 *       answer is waited for only {@value #PROBE_LIMIT_NS} ns, as after {@link #probe}.
 * </ol>
 */
final class Liveness {
    static final long SECOND_NS = 1_000_000_000L;

    /** Least time between two pings under traffic. */
    static final long TRAFFIC_PING_NS = 3 * SECOND_NS;

    /** Silence that ends a connection after an unanswered ping under traffic. */
    static final long TRAFFIC_LIMIT_NS = 10 * SECOND_NS;

    /** Mean time from the last datagram sent to a ping. */
    static final long IDLE_PING_NS = 25 * SECOND_NS;

    /** Silence that ends a connection after an unanswered ping when idle. */
    static final long IDLE_LIMIT_NS = 15 * SECOND_NS;

    /** Silence that ends a connection after a ping that asks whether it still stands. */
    static final long PROBE_LIMIT_NS = 3 * SECOND_NS;

    /** Time between two checks that the checks themselves do not explain. */
    static final long GAP_NS = 8 * SECOND_NS;

    /** Longest time between two checks: traffic that begins is noticed by the next. */
    static final long CHECK_NS = 3 * SECOND_NS / 2;

    private static final double IDLE_SPREAD = 0.4;
    private static final long LEAST_DELAY_NS = 1_000_000;

    private final RandomGenerator random;
    private long checkedNs;
    private long receivedNs;
    private long sentNs;
    private long pingedNs;
    private long idleNs;
    private boolean outstanding;
    private boolean probing; // the outstanding ping's answer is wanted soon
    private boolean sentSinceCheck;
    private boolean sentSincePing;

    Liveness(RandomGenerator random) {
        this.random = random;
    }

    void start(long nowNs) {
        checkedNs = nowNs;
        receivedNs = nowNs;
        sentNs = nowNs;
        pingedNs = nowNs;
        idleNs = drawIdleNs();
    }

    /** Bytes were read. */
    void onReceived(long nowNs) {
        receivedNs = nowNs;
    }

    /** Datagrams were written. */
    void onSent() {
        sentSinceCheck = true;
    }

    /** The newest ping was answered. */
    void onAnswered() {
        outstanding = false;
        probing = false;
    }

    /** Whether the newest ping is still to be answered. */
    boolean isOutstanding() {
        return outstanding;
    }

    /** When the newest ping was asked for. */
    long pingedNs() {
        return pingedNs;
    }

    /** What is to be done now. */
    Verdict check(long nowNs) {
        boolean slept = nowNs - checkedNs > GAP_NS;
        checkedNs = nowNs;
        if (sentSinceCheck) {
            sentSinceCheck = false;
            sentSincePing = true;
            sentNs = nowNs;
        }
        if (slept) {
            Verdict verdict = ping(nowNs, sentSincePing);
            probing = true;
            return verdict;
        }
        if (outstanding) {
            return nowNs - deadlineNs() >= 0 ? Verdict.DEAD : Verdict.FINE;
        }
        if (sentSincePing && nowNs - pingedNs >= TRAFFIC_PING_NS) {
            return ping(nowNs, true);
        }
        return nowNs - sentNs >= idleNs ? ping(nowNs, false) : Verdict.FINE;
    }

    /**
     * There is reason to doubt the connection: whether to ping now. The answer is waited for only a
     * short time; a second doubt meanwhile does not prolong it.
     */
    boolean probe(long nowNs) {
        if (outstanding && probing) {
            return false;
        }
        ping(nowNs, true);
        probing = true;
        return true;
    }

    /** How long after the check at {@code nowNs} the next is due. */
    long delayNs(long nowNs) {
        long dueNs = sentNs + idleNs;
        if (outstanding) {
            dueNs = deadlineNs();
        } else if (sentSincePing) {
            dueNs = pingedNs + TRAFFIC_PING_NS;
        }
        return Math.clamp(dueNs - nowNs, LEAST_DELAY_NS, CHECK_NS);
    }

    private long deadlineNs() {
        long silentSinceNs = pingedNs + Math.max(0, receivedNs - pingedNs);
        if (probing) {
            return silentSinceNs + PROBE_LIMIT_NS;
        }
        return silentSinceNs + (sentSincePing ? TRAFFIC_LIMIT_NS : IDLE_LIMIT_NS);
    }

    private Verdict ping(long nowNs, boolean traffic) {
        outstanding = true;
        probing = false;
        sentSincePing = false;
        pingedNs = nowNs;
        if (!traffic) {
            sentNs = nowNs;
            idleNs = drawIdleNs();
        }
        return traffic ? Verdict.PING_UNDER_TRAFFIC : Verdict.PING_IDLE;
    }

    private long drawIdleNs() {
        double spread = (2 * random.nextDouble() - 1) * IDLE_SPREAD;
        return (long) (IDLE_PING_NS * (1 + spread));
    }

    /** What a check comes to. */
    enum Verdict {
        FINE,
        PING_UNDER_TRAFFIC,
        PING_IDLE,
        DEAD
    }
}
