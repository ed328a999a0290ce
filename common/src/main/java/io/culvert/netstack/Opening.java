package io.culvert.netstack;

/**
 * A handshake that is not over: when the SYN goes out again, and until when. Dropped with it.
 * Confined to the stack's thread.
 */
final class Opening {
    private static final long FIRST_NS = 1_000_000_000; // RFC 6298 §2.1
    private static final int MOST_BACKOFFS = 6;

    private final long patienceNs;
    private final Offer ours;
    private Offer theirs; // ours until the other side's SYN came
    private boolean isSynWanted = true;
    private int sent;
    private long sentNs;
    private long againNs; // only if sent > 0
    private long untilNs; // only if sent > 0

    Opening(long patienceNs, Offer ours) {
        this.patienceNs = patienceNs;
        this.ours = ours;
        this.theirs = ours;
    }

    /** What our SYN says. */
    Offer ours() {
        return ours;
    }

    /** What the other side's SYN says; only when it came. */
    Offer theirs() {
        return theirs;
    }

    /** The other side's SYN came, and says so much. */
    void setTheirs(Offer saying) {
        theirs = saying;
    }

    boolean isSynWanted() {
        return isSynWanted;
    }

    /** The other side asks for it again. */
    void repeat() {
        isSynWanted = true;
    }

    void onSent(long nowNs) {
        isSynWanted = false;
        if (sent == 0) {
            untilNs = nowNs + patienceNs;
            sentNs = nowNs;
        }
        againNs = nowNs + (FIRST_NS << Math.min(sent, MOST_BACKOFFS));
        sent++;
    }

    boolean isWaiting() {
        return sent > 0;
    }

    /** When the SYN is due again, or patience over; not again while it waits to be polled. */
    long waitUntilNs() {
        return !isSynWanted && againNs - untilNs < 0 ? againNs : untilNs;
    }

    /** A moment has come: true when patience is over. */
    boolean onTimer(long nowNs) {
        if (sent > 0 && nowNs - againNs >= 0) {
            isSynWanted = true;
        }
        return sent > 0 && nowNs - untilNs >= 0;
    }

    /** Whether the round trip of the handshake can be told: the SYN went out once. */
    boolean hasRtt() {
        return sent == 1;
    }

    long rttNs(long nowNs) {
        return nowNs - sentNs;
    }
}
