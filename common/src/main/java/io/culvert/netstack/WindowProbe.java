package io.culvert.netstack;

/**
 * The persist timer (RFC 9293 §3.8.6.1): asks a window that is closed whether it has opened, ever
 * more seldom, as long as somebody answers. Confined to the stack's thread.
 */
final class WindowProbe {
    private static final long MOST_NS = 60_000_000_000L;

    private boolean isRunning;
    private boolean isWanted;
    private boolean isUnanswered;
    private int backoffs;
    private long atNs; // only while running

    boolean isRunning() {
        return isRunning;
    }

    long atNs() {
        return atNs;
    }

    /** Begins to wait, unless it does. */
    void start(long nowNs, long timeoutNs) {
        if (!isRunning) {
            isRunning = true;
            atNs = nowNs + timeoutNs;
        }
    }

    void stop() {
        isRunning = false;
        isWanted = false;
        isUnanswered = false;
        backoffs = 0;
    }

    /** The moment has come. */
    void onTimer() {
        isRunning = false;
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
        isRunning = true;
        atNs = nowNs + Math.min(MOST_NS, timeoutNs << Math.min(backoffs, 16));
    }

    void onAnswer() {
        isUnanswered = false;
    }

    boolean isUnanswered() {
        return isUnanswered;
    }
}
