package io.culvert.netstack.tcp;

/**
 * Tells whether what was sent again had to be: by the timestamp that the first new acknowledgment
 * echoes (RFC 3522), or because all of it arrived twice (RFC 3708). Confined to one thread.
 */
final class Spurious {
    private boolean isWatching;
    private boolean isEchoJudged;
    private long firstAgainNs; // when the first retransmission went out; only if againBytes > 0
    private long againBytes; // sent again, and not reported as duplicate

    /** A recovery begins. */
    void begin() {
        isWatching = true;
        isEchoJudged = false;
        againBytes = 0;
    }

    /** It is over, or was certainly needed. */
    void end() {
        isWatching = false;
        againBytes = 0;
    }

    void onSentAgain(int bytes, long nowNs) {
        if (againBytes == 0) {
            firstAgainNs = nowNs;
        }
        againBytes += bytes;
    }

    boolean isProven(Delivery delivery) {
        if (!isWatching || againBytes == 0) {
            return false;
        }
        boolean isProven = false;
        if (delivery.ackedBytes > 0 && !isEchoJudged) {
            isEchoJudged = true;
            isProven = delivery.isEchoBefore(firstAgainNs);
        }
        if (delivery.duplicateBytes > 0) {
            againBytes = Math.max(0, againBytes - delivery.duplicateBytes);
            isProven |= againBytes == 0;
        }
        return isProven;
    }
}
