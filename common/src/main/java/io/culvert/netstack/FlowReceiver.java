package io.culvert.netstack;

import io.culvert.ip.TcpHeader;
import io.culvert.netstack.tcp.Delivery;
import io.culvert.netstack.tcp.ReceiveBuffer;
import io.culvert.netstack.tcp.Sequence;
import io.culvert.netstack.tcp.TcpOptions;
import io.culvert.netstack.tcp.WindowTuning;
import io.culvert.stats.DropReason;

/**
 * The receiving half of a flow: what came, how much more may come, and when that is acknowledged.
 * Made when the other side's initial sequence number is known. Confined to the stack's thread.
 */
final class FlowReceiver {
    /** What a flow's buffer has at first; it grows with the flow's rate. */
    static final int FIRST_BYTES = 65_535;

    /** Windows are scaled by so much: up to 8 MiB. */
    static final int WINDOW_SHIFT = 7;

    /** Segments that are acknowledged at once, so that the other side's start is quick. */
    private static final int QUICK = 16;

    /** RFC 7323 §5.5: a timestamp that is so old says nothing. */
    private static final long OLD_TIMESTAMP_NS = 24L * 24 * 3600 * 1_000_000_000;

    private final Context context;
    private final ReceiveBuffer buffer;
    private final WindowTuning tuning;
    private final int initial;
    private final int shift; // of the windows that we announce
    private final int timestampOffset;
    private int mss = 536; // the longest segment seen: to tell full ones

    private int edge; // right edge of the window as announced
    private int acknowledged; // the last acknowledgment that went out
    private boolean isFinKnown;
    private int finSequence; // only if known
    private boolean isFinished; // the FIN's turn came

    private boolean hasTimestamps;
    private int recentTimestamp;
    private long recentNs;

    private boolean isAckDue;
    private int repeatsDue; // acknowledgments beyond that one, where there is no SACK
    private boolean isDelayed;
    private long delayUntilNs; // only while delayed
    private int quickLeft = QUICK;
    private boolean hasSack;
    private boolean hasDuplicate;
    private int duplicateStart;
    private int duplicateEnd;

    FlowReceiver(Context context, int initial, boolean isScaled, int timestampOffset) {
        this.context = context;
        this.initial = initial;
        this.shift = isScaled ? WINDOW_SHIFT : 0;
        this.timestampOffset = timestampOffset;
        int most = isScaled ? context.setup.limits().flowBufferBytes() : FIRST_BYTES;
        buffer = new ReceiveBuffer(context.chunks, initial + 1);
        tuning = new WindowTuning(Math.min(FIRST_BYTES, most), most);
        edge = initial + 1 + tuning.capacityBytes();
        acknowledged = initial + 1;
    }

    /** What both agreed upon. */
    void agree(boolean timestamps, boolean sack) {
        hasTimestamps = timestamps;
        hasSack = sack;
    }

    ReceiveBuffer buffer() {
        return buffer;
    }

    int initial() {
        return initial;
    }

    /** RCV.NXT. */
    int next() {
        return buffer.next() + (isFinished ? 1 : 0);
    }

    boolean isFinished() {
        return isFinished;
    }

    /** Whether a reset with that number is in the window (RFC 5961 §3.2). */
    boolean isInWindow(int sequence) {
        return !Sequence.isBefore(sequence, next()) && !Sequence.isAfter(sequence, edge);
    }

    /** Whether the segment touches the window or what is just before it (RFC 9293 §3.10.7.4). */
    boolean isAcceptable(Segment segment) {
        int end = segment.sequence() + segment.length();
        return !Sequence.isBefore(end, next()) && !Sequence.isAfter(segment.sequence(), edge);
    }

    /** PAWS (RFC 7323 §5.3): whether it must be taken for one that was long under way. */
    boolean isOld(Segment segment) {
        TcpOptions options = segment.options;
        return hasTimestamps
                && options.hasTimestamps()
                && Sequence.isBefore(options.timestamp(), recentTimestamp)
                && context.nowNs - recentNs < OLD_TIMESTAMP_NS;
    }

    boolean hasTimestamps() {
        return hasTimestamps;
    }

    /** Takes note of an acceptable segment's timestamp (RFC 7323 §4.3). */
    void noteTimestamp(Segment segment) {
        TcpOptions options = segment.options;
        boolean isNewer =
                options.hasTimestamps() && !Sequence.isBefore(options.timestamp(), recentTimestamp);
        if (isNewer && !Sequence.isAfter(segment.sequence(), acknowledged)) {
            setRecent(options.timestamp());
        }
    }

    /** The timestamp of the opening. */
    void setRecent(int timestamp) {
        recentTimestamp = timestamp;
        recentNs = context.nowNs;
    }

    int recentTimestamp() {
        return recentTimestamp;
    }

    int timestampOffset() {
        return timestampOffset;
    }

    /** How long ago the timestamp that a segment echoes was sent, in ms. */
    int echoAgeMs(Segment segment) {
        if (!hasTimestamps || !segment.options.hasTimestamps() || segment.options.echo() == 0) {
            return Delivery.NO_ECHO;
        }
        int age = context.timestamp(timestampOffset) - segment.options.echo();
        return age < 0 ? Delivery.NO_ECHO : age;
    }

    /** Takes an acceptable segment's data and FIN; answers whether something can be read now. */
    boolean take(Segment segment) {
        int sequence = segment.sequence();
        int length = segment.dataLength();
        boolean hadHoles = buffer.hasHoles();
        boolean isReadable = false;
        if (segment.has(TcpHeader.FIN) && !isFinKnown) {
            int fin = sequence + length;
            // what lies beyond the window is cut off, and a FIN with it; none can be in the past
            isFinKnown = !Sequence.isAfter(fin, edge) && !Sequence.isBefore(fin, buffer.next());
            finSequence = fin;
        }
        int most = (isFinKnown ? Sequence.min(finSequence, edge) : edge) - sequence;
        int fitting = Math.min(length, most);
        if (fitting > 0) {
            isReadable = takeData(segment, fitting, hadHoles);
        } else if (length > 0) {
            isAckDue = true; // a probe of a window that is closed
        }
        if (isFinKnown && !isFinished && finSequence == buffer.next()) {
            isFinished = true;
            isAckDue = true;
        } else if (segment.has(TcpHeader.FIN)) {
            isAckDue = true;
        }
        return isReadable;
    }

    private boolean takeData(Segment segment, int length, boolean hadHoles) {
        int sequence = segment.sequence();
        mss = Math.max(mss, Math.min(length, context.setup.link().mtuBytes()));
        switch (buffer.insert(sequence, segment.array(), segment.data(), length)) {
            case IN_ORDER -> {
                boolean mayGrow = !context.chunks.isScarce();
                int age = echoAgeMs(segment);
                if (age != Delivery.NO_ECHO) {
                    tuning.onRtt(age * 1_000_000L);
                }
                tuning.onData(context.nowNs, mss, mayGrow);
                acknowledgeSoon(length, hadHoles);
                return true;
            }
            case OUT_OF_ORDER -> acknowledgeAgain();
            case DUPLICATE -> {
                noteDuplicate(sequence, sequence + length);
                acknowledgeAgain();
            }
            case REFUSED -> {
                context.drop(DropReason.STACK_FULL);
                isAckDue = true;
            }
        }
        return false;
    }

    private void acknowledgeAgain() {
        repeatsDue += isAckDue && !hasSack ? 1 : 0;
        isAckDue = true;
    }

    /** RFC 9293 §3.8.6.3: every second full segment at once, one alone after a while. */
    private void acknowledgeSoon(int length, boolean filledHole) {
        boolean isSecond = next() - acknowledged >= 2 * mss || length > mss;
        if (isSecond || filledHole || quickLeft > 0) {
            quickLeft -= quickLeft > 0 ? 1 : 0;
            isAckDue = true;
        } else if (!isDelayed) {
            isDelayed = true;
            delayUntilNs = context.nowNs + context.setup.timings().ackDelayNs();
        }
    }

    /** Something came a second time: the next acknowledgment says so (RFC 2883). */
    void noteDuplicate(int start, int end) {
        if (hasSack) {
            hasDuplicate = true;
            duplicateStart = start;
            duplicateEnd = end;
        }
        quickLeft = QUICK; // the other side has lost acknowledgments, or its patience
    }

    boolean isAckDue() {
        return isAckDue;
    }

    void demandAck() {
        isAckDue = true;
    }

    /** Whether the acknowledgment says more than its number, which data cannot. */
    boolean hasMoreToTell() {
        return hasSack && (hasDuplicate || buffer.hasHoles());
    }

    boolean isDelayed() {
        return isDelayed;
    }

    long delayUntilNs() {
        return delayUntilNs;
    }

    /** The delay is over. */
    void onDelayOver() {
        isDelayed = false;
        isAckDue = true;
    }

    /** The SACK blocks for the next acknowledgment; answers how many there are, at most so many. */
    int takeBlocks(int[] blocks, int most) {
        if (!hasSack) {
            return 0;
        }
        int count = 0;
        if (hasDuplicate) {
            blocks[0] = duplicateStart;
            blocks[1] = duplicateEnd;
            hasDuplicate = false;
            count = 1;
        }
        return count + buffer.blocks(blocks, 2 * count, most - count);
    }

    /** The acknowledgment goes out; answers the window field. */
    int onAcknowledging(boolean isPure) {
        isDelayed = false;
        isAckDue = isPure && repeatsDue > 0;
        repeatsDue = isAckDue ? repeatsDue - 1 : 0;
        acknowledged = next();
        int wanted = wantedEdge();
        if (Sequence.isAfter(wanted, edge)) {
            edge = wanted;
        }
        int window = edge - next();
        return Math.min(0xffff, window >>> shift);
    }

    /** The window field of a SYN, which is never scaled. */
    int openingWindow() {
        return Math.min(0xffff, edge - next());
    }

    /** Where the window may end, with no silly steps (RFC 9293 §3.8.6.2.2). */
    private int wantedEdge() {
        int capacity = Math.min(tuning.capacityBytes(), context.chunks.shareBytes());
        int free = Math.max(0, capacity - buffer.available());
        if (context.chunks.isExhausted()) {
            free = Math.min(free, mss);
        }
        int wanted = buffer.next() + (free >>> shift << shift);
        int step = Math.min(mss, tuning.capacityBytes() / 2);
        return wanted - edge >= step ? wanted : edge;
    }

    /** The application has read so many bytes; answers whether the other side must hear of it. */
    boolean onRead(int bytes) {
        tuning.onRead(bytes);
        int gained = wantedEdge() - edge;
        int left = edge - buffer.next();
        int step = Math.max(2 * mss, tuning.capacityBytes() / 4);
        boolean isNews = gained > 0 && (gained >= step || left < mss);
        if (isNews && !isFinished) {
            isAckDue = true;
        }
        return isNews && !isFinished;
    }
}
