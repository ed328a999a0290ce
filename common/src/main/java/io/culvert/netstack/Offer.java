package io.culvert.netstack;

import io.culvert.netstack.tcp.TcpOptions;

/**
 * What a side's SYN says that it understands. Immutable.
 *
 * @param segmentBytes its maximum segment size; 0 where it said none
 * @param isScaled whether windows are scaled
 * @param shift by how many bits, where they are
 * @param hasSack whether it understands SACK
 * @param hasTimestamps whether segments carry timestamps
 * @param timestampOffset where our clock of timestamps begins for this flow
 */
record Offer(
        int segmentBytes,
        boolean isScaled,
        int shift,
        boolean hasSack,
        boolean hasTimestamps,
        int timestampOffset) {

    /** What we say: everything. */
    static Offer ours(int timestampOffset) {
        return new Offer(0, true, FlowReceiver.WINDOW_SHIFT, true, true, timestampOffset);
    }

    /** What a SYN's options say. */
    static Offer of(TcpOptions options, int timestampOffset) {
        return new Offer(
                options.segmentSize(),
                options.hasWindowScale(),
                options.hasWindowScale() ? options.windowShift() : 0,
                options.isSackPermitted(),
                options.hasTimestamps(),
                timestampOffset);
    }
}
