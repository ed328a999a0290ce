package io.culvert.netstack;

/**
 * How long TCP waits for what. Immutable.
 *
 * @param connectNs for the answer to an opening
 * @param userNs for any acknowledgment of data (RFC 9293 §3.8.3's R2)
 * @param finWaitNs for the other side's end after a flow was closed
 * @param timeWaitNs twice the life of a segment
 * @param ackDelayNs for a second segment, or data, to acknowledge with the first
 */
public record TcpTimings(
        long connectNs, long userNs, long finWaitNs, long timeWaitNs, long ackDelayNs) {
    private static final long SECOND_NS = 1_000_000_000;

    /** What is usual: Linux's values, where it has one. */
    public static TcpTimings defaults() {
        return new TcpTimings(
                75 * SECOND_NS, 300 * SECOND_NS, 60 * SECOND_NS, 60 * SECOND_NS, SECOND_NS / 25);
    }
}
