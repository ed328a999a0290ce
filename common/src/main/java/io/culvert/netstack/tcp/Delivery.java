package io.culvert.netstack.tcp;

/**
 * One acknowledgment, and what it told: begun by the flow, filled by the {@link Scoreboard}, judged
 * by {@link LossRecovery}. Reused from one to the next. Confined to one thread.
 */
public final class Delivery {
    /** The acknowledgment echoes no timestamp. */
    public static final int NO_ECHO = Integer.MAX_VALUE;

    int number;
    int next; // what will be sent next
    long nowNs;
    int echoAgeMs;

    int ackedBytes; // by the acknowledgment number
    int deliveredBytes; // by that or by SACK, for the first time
    long newestNs; // when the newest of them was sent; only if hasSample
    boolean hasSample; // one of them was sent only once
    boolean hasRetransmitted; // one of them was sent again
    boolean hasSacked; // a SACK block told something new
    int duplicateBytes; // what a DSACK (RFC 2883) said came twice
    boolean isRepeated; // it says nothing but what the last one said (RFC 5681 §2)

    /** Nothing told yet. */
    public Delivery() {}

    /**
     * An acceptable acknowledgment begins.
     *
     * @param number all before this has arrived
     * @param next the number that will be sent next
     * @param echoAgeMs how long ago the echoed timestamp was sent, or {@link #NO_ECHO}
     * @param isRepeated whether it is a duplicate by RFC 5681's account
     */
    public void begin(int number, int next, long nowNs, int echoAgeMs, boolean isRepeated) {
        this.number = number;
        this.next = next;
        this.nowNs = nowNs;
        this.echoAgeMs = echoAgeMs;
        this.isRepeated = isRepeated;
        ackedBytes = 0;
        deliveredBytes = 0;
        hasSample = false;
        hasRetransmitted = false;
        hasSacked = false;
        duplicateBytes = 0;
    }

    /** The first time that this stretch is known to have arrived. */
    void add(Sent sent) {
        deliveredBytes += sent.length();
        if (sent.isRetransmitted) {
            hasRetransmitted = true;
        } else if (!hasSample || sent.sentNs - newestNs > 0) {
            hasSample = true;
            newestNs = sent.sentNs;
        }
    }

    /**
     * The round trip that this tells, in ns; 0 where it tells none. What was sent once may have
     * arrived long ago, and only this be heard of it: then the echo is younger, or something that
     * was sent again arrived too (RFC 6298 §3). The echo of what came twice is that of the first.
     */
    long rttNs() {
        boolean isEchoed = echoAgeMs != NO_ECHO && ackedBytes > 0 && duplicateBytes == 0;
        long echoNs = isEchoed ? (echoAgeMs + 1) * 1_000_000L : Long.MAX_VALUE;
        if (hasSample && (isEchoed || !hasRetransmitted)) {
            return Math.max(1, Math.min(echoNs, nowNs - newestNs));
        }
        return isEchoed ? Math.max(1, echoNs - 1_000_000) : 0;
    }

    /** Whether the echoed timestamp was sent before that moment (Eifel, RFC 3522 §3.2). */
    boolean isEchoBefore(long momentNs) {
        long age = Math.floorDiv(nowNs, 1_000_000L) - Math.floorDiv(momentNs, 1_000_000L);
        return echoAgeMs != NO_ECHO && echoAgeMs > age;
    }
}
