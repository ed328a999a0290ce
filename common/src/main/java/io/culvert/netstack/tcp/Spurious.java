package io.culvert.netstack.tcp;

/**
 * Tells whether what was sent again had to be: by the timestamp that the first new acknowledgment
 * echoes (RFC 3522), or because all of it arrived twice (RFC 3708). Lives as long as one recovery;
 * confined to one thread.
 */
final class Spurious {
    private boolean isEchoJudged;
    private long firstAgainNs; // when the first retransmission went out; only if againBytes > 0
    private long againBytes; // sent again, and not reported as duplicate

    void onSentAgain(int bytes, long nowNs) {
        if (againBytes == 0) {
            firstAgainNs = nowNs;
        }
        againBytes += bytes;
    }

    boolean isProven(Delivery delivery) {
        if (againBytes == 0) {
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
