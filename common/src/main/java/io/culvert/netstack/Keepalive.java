package io.culvert.netstack;

/** Probes of a connection that is silent (RFC 9293 §3.8.4). Confined to the stack's thread. */
final class Keepalive {
    private final long idleNs;
    private final long intervalNs;
    private final int most;
    private int sent;
    private boolean isWanted;
    private long atNs; // only once started
    private boolean isStarted;

    Keepalive(long idleNs, long intervalNs, int most) {
        this.idleNs = idleNs;
        this.intervalNs = intervalNs;
        this.most = most;
    }

    boolean isStarted() {
        return isStarted;
    }

    long atNs() {
        return atNs;
    }

    boolean isWanted() {
        return isWanted;
    }

    /** The other side was heard. */
    void onHeard(long nowNs) {
        isStarted = true;
        sent = 0;
        isWanted = false;
        atNs = nowNs + idleNs;
    }

    /** The moment has come; true when enough probes were in vain. */
    boolean onTimer(long nowNs) {
        if (sent >= most) {
            return true;
        }
        isWanted = true;
        sent++;
        atNs = nowNs + intervalNs;
        return false;
    }

    void onSent() {
        isWanted = false;
    }
}
