package io.culvert.netstack;

/**
 * The persist timer (RFC 9293 §3.8.6.1): asks a window that is closed whether it has opened, ever
 * more seldom, as long as somebody answers. Lives as long as the window is closed; confined to the
 * stack's thread.
 */
final class WindowProbe {
    private static final long MOST_NS = 60_000_000_000L;

    private final long sinceNs;
    private boolean isWanted;
    private boolean isUnanswered;
    private int backoffs;
    private long atNs; // only while none is wanted

    /** Begins to wait. */
    WindowProbe(long nowNs, long timeoutNs) {
        sinceNs = nowNs;
        atNs = nowNs + timeoutNs;
    }

    /** Whether it waits for its moment. */
    boolean isRunning() {
        return !isWanted;
    }

    long atNs() {
        return atNs;
    }

    /** For how long the window has been closed. */
    long closedNs(long nowNs) {
        return nowNs - sinceNs;
    }

    /** The moment has come. */
    void onTimer() {
        isWanted = true;
    }

    boolean isWanted() {
        return isWanted;
    }

    /** A probe goes out; the next is due after so long, or twice that each time. */
    void onSent(long nowNs, long timeoutNs) {
        isWanted = false;
        isUnanswered = true;
        backoffs++;
        atNs = nowNs + Math.min(MOST_NS, timeoutNs << Math.min(backoffs, 16));
    }

    void onAnswer() {
        isUnanswered = false;
    }

    boolean isUnanswered() {
        return isUnanswered;
    }
}
