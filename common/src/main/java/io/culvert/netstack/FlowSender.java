package io.culvert.netstack;

import io.culvert.netstack.tcp.LossRecovery;
import io.culvert.netstack.tcp.SendBuffer;
import io.culvert.netstack.tcp.Sequence;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a flow: what waits, what the other side takes, and what is to go out next. It
 * does not make segments; {@link FlowOutput} does. Confined to the stack's thread.
 */
final class FlowSender {
    private static final int LEAST_CAPACITY = 65_536;

    private final Context context;
    private final SendBuffer buffer;
    private final LossRecovery recovery;
    private final int initial;
    private int una;
    private int next;

    private int window; // as announced, in bytes
    private int mostWindow;
    private int shift; // of the windows that the other side announces
    private int windowSequence; // SND.WL1
    private int windowAcknowledgment; // SND.WL2

    private boolean isFinWanted;
    private boolean isFinSent;
    private boolean wasRefused; // write took less than was offered
    private @Nullable WindowProbe windowProbe; // null while the window lets something out
    private long progressNs; // when the other side last acknowledged something, or had nothing to

    FlowSender(Context context, int initial) {
        this.context = context;
        this.initial = initial;
        this.una = initial;
        this.next = initial;
        this.buffer = new SendBuffer(context.chunks, initial + 1);
        this.recovery = new LossRecovery(context.sents);
    }

    /** The handshake is over. */
    void start(int segmentBytes, int windowShift, boolean hasSack) {
        shift = windowShift;
        recovery.start(segmentBytes, hasSack);
        una = initial + 1;
        next = initial + 1;
        progressNs = context.nowNs;
    }

    LossRecovery recovery() {
        return recovery;
    }

    SendBuffer buffer() {
        return buffer;
    }

    @Nullable WindowProbe windowProbe() {
        return windowProbe;
    }

    int initial() {
        return initial;
    }

    int una() {
        return una;
    }

    int next() {
        return next;
    }

    /** Bytes of data a segment. */
    int mss() {
        return recovery.mss();
    }

    int window() {
        return window;
    }

    int mostWindow() {
        return mostWindow;
    }

    /** The path takes only segments of that size; what is under way must go out again. */
    void shrink(int segmentBytes) {
        recovery.setMss(segmentBytes);
        recovery.onTooBig(next, context.nowNs);
    }

    // what the application does

    /** Bytes that a write takes now. */
    int writable() {
        if (isFinWanted) {
            return 0;
        }
        int capacity = Math.clamp(2L * recovery.windowBytes(), LEAST_CAPACITY, mostBytes());
        return Math.max(0, Math.min(capacity, context.chunks.shareBytes()) - buffer.length());
    }

    private int mostBytes() {
        return Math.max(LEAST_CAPACITY, context.setup.limits().flowBufferBytes());
    }

    int write(byte[] array, int offset, int length) {
        int bytes = Math.min(length, writable());
        buffer.write(array, offset, bytes);
        wasRefused = bytes < length;
        return bytes;
    }

    ByteBuffer space() {
        int room = writable();
        if (room == 0) {
            wasRefused = true;
            return TcpFlow.NOTHING;
        }
        return buffer.space(room);
    }

    /** Whether there is room again for what was refused: at least a third, so that it pays. */
    boolean takeRoomNews() {
        boolean isNews = wasRefused && writable() > buffer.length() / 2;
        wasRefused &= !isNews;
        return isNews;
    }

    void wantFin() {
        isFinWanted = true;
    }

    boolean isFinWanted() {
        return isFinWanted;
    }

    boolean isFinSent() {
        return isFinSent;
    }

    /** Whether all data and the FIN were acknowledged. */
    boolean isFinAcknowledged() {
        return isFinSent && una == buffer.end() + 1;
    }

    // what the other side says

    /** RFC 9293 §3.10.7.4: whether a segment's window is news; takes it if so. */
    boolean takeWindow(Segment segment) {
        boolean isNewer =
                Sequence.isBefore(windowSequence, segment.sequence())
                        || (windowSequence == segment.sequence()
                                && !Sequence.isAfter(
                                        windowAcknowledgment, segment.acknowledgment()));
        if (!isNewer) {
            return false;
        }
        int announced = segment.window() << shift;
        boolean isChanged = announced != window;
        setWindow(announced, segment);
        return isChanged;
    }

    /** The window of the handshake: a SYN's is never scaled. */
    void openWindow(Segment segment, boolean isScaled) {
        setWindow(isScaled ? segment.window() << shift : segment.window(), segment);
    }

    private void setWindow(int announced, Segment segment) {
        window = announced;
        mostWindow = Math.max(mostWindow, announced);
        windowSequence = segment.sequence();
        windowAcknowledgment = segment.acknowledgment();
        if (usableBytes() > 0) {
            windowProbe = null;
        }
    }

    /** All before that number was acknowledged, which is news. */
    void onAcknowledged(int number) {
        una = number;
        progressNs = context.nowNs;
        buffer.release(Sequence.min(number, buffer.end()));
    }

    /** The other side answered, if only a probe. */
    void onAnswer() {
        if (recovery.isIdle()) {
            progressNs = context.nowNs;
        }
        if (windowProbe != null) {
            windowProbe.onAnswer();
        }
    }

    /** The window is closed, and nothing but a probe will tell when it opens. */
    void startWindowProbe() {
        if (windowProbe == null) {
            windowProbe = new WindowProbe(context.nowNs, recovery.rtt().timeoutNs());
        }
    }

    /** A probe of a closed window goes out. */
    void onWindowProbed(WindowProbe probe) {
        if (!probe.isUnanswered()) {
            progressNs = context.nowNs;
        }
        probe.onSent(context.nowNs, recovery.rtt().timeoutNs());
    }

    /** For how long the other side has not acknowledged what waits for that. */
    long unansweredNs() {
        boolean isProbing = windowProbe != null && windowProbe.isUnanswered();
        boolean isWaiting = una != next || isProbing;
        return isWaiting ? context.nowNs - progressNs : 0;
    }

    // what is to go out

    /** New data that waits, whatever the windows say. */
    int unsentBytes() {
        return Math.max(0, buffer.end() - next);
    }

    /** Bytes of new data that the other side's window takes. */
    int usableBytes() {
        return una + window - next;
    }

    /** Whether a FIN is to follow the bytes before that number. */
    boolean isFinAt(int end) {
        return isFinWanted && end == buffer.end();
    }

    /**
     * How many bytes of new data go out next, 0 when none: as far as the windows allow, full
     * segments unless it is all there is, and no silly pieces (RFC 9293 §3.8.6.2.1).
     */
    int sendableBytes(int mostBytes) {
        int unsent = unsentBytes();
        int usable = usableBytes();
        int room = recovery.roomBytes();
        int mss = mss();
        if (unsent == 0 || recovery.isCrowded()) {
            return 0;
        }
        boolean isProbe = recovery.isProbeWanted();
        int allowed = Math.min(usable, isProbe ? Math.min(mss, mostBytes) : mostBytes);
        if (!isProbe && room < Math.min(unsent, mss)) {
            if (usable > 0) {
                recovery.onHeldBack(next);
            }
            return 0;
        }
        allowed = isProbe ? allowed : Math.min(allowed, Math.max(room, mss));
        if (unsent <= allowed) {
            return unsent;
        }
        if (allowed >= mss) {
            return allowed - allowed % mss;
        }
        return allowed > 0 && allowed >= mostWindow / 2 ? allowed : 0;
    }

    /** Whether nothing but the other side's window holds back, and nothing will open it. */
    boolean needsWindowProbe() {
        return recovery.isIdle() && unsentBytes() > 0 && sendableBytes(mss()) == 0;
    }

    /** New data, or a FIN, went out. */
    void onSent(int bytes, boolean isFin) {
        int end = next + bytes + (isFin ? 1 : 0);
        if (una == next) {
            progressNs = context.nowNs;
        }
        recovery.onSent(next, end, context.nowNs);
        next = end;
        isFinSent |= isFin;
        windowProbe = null;
    }

    /** Whether a FIN can go out by itself. */
    boolean isFinDue() {
        return isFinWanted && !isFinSent && unsentBytes() == 0 && una != initial;
    }

    /** Frees everything. */
    void clear() {
        buffer.clear();
        recovery.clear();
        windowProbe = null;
    }
}
