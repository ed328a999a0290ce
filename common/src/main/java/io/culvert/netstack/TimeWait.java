package io.culvert.netstack;

import io.culvert.ip.TcpHeader;
import io.culvert.netstack.tcp.Sequence;

/**
 * What is left of a connection that this side has ended first, so that late segments do not disturb
 * a new one (RFC 9293 §3.6.1). Confined to the stack's thread.
 */
final class TimeWait implements Occupant {
    private static final long REUSE_NS = 1_000_000_000;

    private final FlowKey key;
    private final int next; // what we would send next
    private final int expected; // what the other side would send next
    private final boolean hasTimestamps;
    private final int recentTimestamp;
    private final int timestampOffset;
    private final long sinceNs;
    private long untilNs;
    private boolean isExtended;
    private boolean isOver;

    TimeWait(TcpFlow flow, long nowNs, long untilNs) {
        this.key = flow.key();
        this.sinceNs = nowNs;
        this.next = flow.sender().next();
        this.expected = flow.receiver().next();
        this.hasTimestamps = flow.receiver().hasTimestamps();
        this.recentTimestamp = flow.receiver().recentTimestamp();
        this.timestampOffset = flow.receiver().timestampOffset();
        this.untilNs = untilNs;
    }

    @Override
    public FlowKey key() {
        return key;
    }

    int next() {
        return next;
    }

    int expected() {
        return expected;
    }

    long untilNs() {
        return untilNs;
    }

    boolean hasTimestamps() {
        return hasTimestamps;
    }

    int recentTimestamp() {
        return recentTimestamp;
    }

    int timestampOffset() {
        return timestampOffset;
    }

    /** It lingers anew. */
    void extend(long newUntilNs) {
        untilNs = newUntilNs;
        isExtended = true;
    }

    boolean isExtended() {
        return isExtended;
    }

    /** Whether it was extended since this was asked last. */
    boolean takeExtended() {
        boolean was = isExtended;
        isExtended = false;
        return was;
    }

    boolean isOver() {
        return isOver;
    }

    void end() {
        isOver = true;
    }

    /**
     * Whether this side may open a new connection in its place: its timestamps will be later ones,
     * by which the other side tells what is old (RFC 6191).
     */
    boolean isReusable(long nowNs) {
        return hasTimestamps && nowNs - sinceNs >= REUSE_NS;
    }

    /** Whether the segment opens a new connection that cannot be mistaken (RFC 6191 §2). */
    boolean isReplacedBy(Segment segment) {
        boolean isOpening =
                segment.has(TcpHeader.SYN)
                        && !segment.has(TcpHeader.ACK)
                        && !segment.has(TcpHeader.RST);
        if (!isOpening) {
            return false;
        }
        boolean isBeyond = Sequence.isAfter(segment.sequence(), expected);
        if (!segment.options.hasTimestamps()) {
            return isBeyond;
        }
        int later = segment.options.timestamp() - recentTimestamp;
        return !hasTimestamps || later > 0 || (later == 0 && isBeyond);
    }
}
