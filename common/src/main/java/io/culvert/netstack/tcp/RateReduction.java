package io.culvert.netstack.tcp;

/**
 * Proportional rate reduction (RFC 6937): in recovery as much is sent as the window shrinks in
 * proportion to what arrives. Confined to one thread; lives as long as one recovery.
 */
final class RateReduction {
    private final int flightBytes; // RecoverFS
    private long deliveredBytes;
    private long sentBytes;

    RateReduction(int flightBytes) {
        this.flightBytes = Math.max(1, flightBytes);
    }

    void onSent(int bytes) {
        sentBytes += bytes;
    }

    /** The window after {@code delivered} more bytes arrived. */
    int windowBytes(int delivered, int pipeBytes, int thresholdBytes, int mss) {
        deliveredBytes += delivered;
        long more;
        if (pipeBytes > thresholdBytes) {
            more = Math.ceilDiv(deliveredBytes * thresholdBytes, flightBytes) - sentBytes;
        } else {
            long limit = Math.max(deliveredBytes - sentBytes, delivered) + mss;
            more = Math.min((long) thresholdBytes - pipeBytes, limit);
        }
        // the first retransmission goes at once
        boolean isFirst = sentBytes == 0;
        return pipeBytes + (int) Math.max(more, isFirst ? mss : 0);
    }
}
