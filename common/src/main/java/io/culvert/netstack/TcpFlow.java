package io.culvert.netstack;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.netstack.tcp.SendBuffer;
import io.culvert.time.DeadlineHeap;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection. Confined to the stack's thread. Calls never send or block: they move bytes,
 * and what comes of it is polled from the stack.
 *
 * <p>Its owner calls {@link #close} or {@link #abort} in the end, even after {@link
 * Listener#onClosed}: bytes that were not read are held until then.
 */
public final class TcpFlow implements Occupant {
    /**
     * What a flow tells its owner, on the stack's thread, from within {@link NetStack}'s receive,
     * poll and tick. It may call the flow and the stack's openings, and not these three.
     */
    public interface Listener {
        /** The handshake is over. */
        void onConnected(TcpFlow flow);

        /** Bytes came: {@link TcpFlow#available} says how many there are. */
        void onReadable(TcpFlow flow);

        /** There is room again, after a write took less than it was given. */
        void onWritable(TcpFlow flow);

        /** The other side is done; what is available is all there will be. */
        void onRemoteEnd(TcpFlow flow);

        /** It is over; nothing else is told. After {@link End#FINISHED} the rest can be read. */
        void onClosed(TcpFlow flow, End end);
    }

    static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Context context;
    private final Tcp tcp;
    private final FlowKey key;
    private final FlowSender sender;
    private @Nullable FlowReceiver receiver; // null until the other side's SYN came
    private @Nullable Opening opening; // null once the handshake is over
    private @Nullable Keepalive keepalive; // null where it is off
    private TcpState state;
    private final FlowEvents events;
    private boolean isReadClosed; // close was called: what still comes is answered by a reset
    private boolean isPassive; // the other side opened it: it counts in the quota
    private long finWaitUntilNs; // only in FIN_WAIT_2, once closed for reading
    private boolean isFinWaiting;
    private int progressBefore; // when Hoards looked last

    // its places in the queues, for them to see
    boolean hasTurn;
    boolean isAcknowledging;

    private final DeadlineHeap.Timer timer;
    private long challengedNs; // when it last sent an acknowledgment that nobody may provoke often

    TcpFlow(Tcp tcp, FlowKey key, Listener listener, TcpState state, Offer offer) {
        this.tcp = tcp;
        this.context = tcp.context();
        this.key = key;
        this.events = new FlowEvents(this, context, listener);
        this.state = state;
        this.sender = new FlowSender(context, tcp.initialSequence(key));
        this.opening = new Opening(context.setup.timings().connectNs(), offer);
        this.timer = context.timers.timer(this::onTimer);
        this.challengedNs = context.nowNs - FlowTimers.CHALLENGE_NS;
    }

    // what the application does

    /** This side's end. */
    public Endpoint local() {
        return key.local();
    }

    /** The other end. */
    public Endpoint remote() {
        return key.remote();
    }

    /** The state now. */
    public TcpState state() {
        return state;
    }

    /** Whether the other side is done: no bytes come beyond those available. */
    public boolean isRemoteEnded() {
        return receiver != null && receiver.isFinished();
    }

    /** Bytes that a write takes now. */
    public int writable() {
        return state.mayWrite() ? sender.writable() : 0;
    }

    /** Takes bytes to be sent, a copy; answers how many. Less than all: onWritable will come. */
    public int write(byte[] array, int offset, int length) {
        if (!state.mayWrite() || sender.isFinWanted()) {
            return 0;
        }
        int taken = sender.write(array, offset, length);
        if (taken > 0) {
            context.outlet.addTurn(this);
        }
        return taken;
    }

    /**
     * Room for bytes to be sent, in one piece, to be filled in place and then said by {@link
     * #wrote}: borrowed until the next call. Nothing remaining: there is none; onWritable will
     * come.
     */
    public ByteBuffer space() {
        boolean mayWrite = state.mayWrite() && !sender.isFinWanted();
        return mayWrite ? sender.space() : NOTHING;
    }

    /** So many bytes were put into {@link #space}. */
    public void wrote(int bytes) {
        if (bytes > 0 && state.mayWrite()) {
            sender.buffer().wrote(bytes);
            context.outlet.addTurn(this);
        }
    }

    /** Bytes that can be read now. */
    public int available() {
        return receiver == null ? 0 : receiver.buffer().available();
    }

    /** Copies bytes that came; answers how many. */
    public int read(byte[] array, int offset, int length) {
        FlowReceiver from = receiver;
        if (from == null) {
            return 0;
        }
        int bytes = from.buffer().read(array, offset, length);
        onRead(from, bytes);
        return bytes;
    }

    /** The first bytes that came, as far as they lie in one piece: borrowed until the next call. */
    public ByteBuffer view() {
        return view(0);
    }

    /** The same behind the first {@code skip} bytes. */
    public ByteBuffer view(int skip) {
        FlowReceiver from = receiver;
        boolean hasSome = from != null && from.buffer().available() > skip;
        return hasSome && from != null ? from.buffer().view(skip) : NOTHING;
    }

    /** So many bytes of the {@link #view} are done with. */
    public void consume(int bytes) {
        FlowReceiver from = receiver;
        if (from == null || bytes < 0 || bytes > from.buffer().available()) {
            throw new IllegalStateException(bytes + " of " + available() + " bytes");
        }
        from.buffer().consume(bytes);
        onRead(from, bytes);
    }

    private void onRead(FlowReceiver from, int bytes) {
        if (bytes > 0 && from.onRead(bytes) && state.mayReceive()) {
            context.outlet.addAcknowledging(this);
        }
    }

    /** No more will be written; what was, goes out, then the end of the stream. */
    public void shutdownOutput() {
        if (state.mayWrite() && !sender.isFinWanted()) {
            sender.wantFin();
            context.outlet.addTurn(this);
        }
    }

    /** Neither reads nor writes any more: what was written goes out; what was not read resets. */
    public void close() {
        isReadClosed = true;
        if (state == TcpState.CLOSED) {
            freeReceived();
        } else if (state == TcpState.SYN_SENT || available() > 0) {
            abort();
        } else {
            shutdownOutput();
            watchFinWait();
        }
    }

    /** Gives the connection up: the other side is told by a reset. */
    public void abort() {
        isReadClosed = true;
        if (state == TcpState.CLOSED) {
            freeReceived();
            return;
        }
        if (state != TcpState.SYN_SENT) {
            tcp.sendReset(this);
        }
        end(End.ABORTED);
    }

    /** Whether it holds so much, and has moved nothing since this was asked last. */
    boolean isHoarding(int shareBytes) {
        FlowReceiver half = receiver;
        int progress = sender.una() + (half == null ? 0 : half.buffer().progress());
        boolean isStill = progress == progressBefore;
        progressBefore = progress;
        int received = half == null ? 0 : half.buffer().heldBytes();
        return isStill && received + sender.buffer().heldBytes() > shareBytes;
    }

    /** The same by the stack's wish. */
    void giveUp() {
        tcp.sendReset(this);
        end(End.TIMED_OUT);
    }

    /** Probes a silent connection, first after so long, then each such interval; 0: never. */
    public void setKeepalive(long idleNs, long intervalNs, int probes) {
        keepalive = idleNs == 0 ? null : new Keepalive(idleNs, intervalNs, probes);
        context.atNextMoment(() -> {
            if (keepalive != null) {
                keepalive.onHeard(context.nowNs);
            }
            rearm();
        });
    }

    // what the stack's other parts see and do

    @Override
    public FlowKey key() {
        return key;
    }

    FlowSender sender() {
        return sender;
    }

    /** The receiving half; only when the other side's SYN came. */
    FlowReceiver receiver() {
        FlowReceiver known = receiver;
        if (known == null) {
            throw new IllegalStateException("no SYN from " + key.remote());
        }
        return known;
    }

    boolean hasReceiver() {
        return receiver != null;
    }

    @Nullable Opening opening() {
        return opening;
    }

    @Nullable Keepalive keepalive() {
        return keepalive;
    }

    boolean isReadClosed() {
        return isReadClosed;
    }

    boolean isPassive() {
        return isPassive;
    }

    void setPassive() {
        isPassive = true;
    }

    /** The other side's SYN came. */
    void setReceiver(FlowReceiver half) {
        receiver = half;
    }

    /** It never was one: only its listener hears of it. */
    TcpFlow failing(End how) {
        end(how);
        return this;
    }

    void setState(TcpState newState) {
        state = newState;
        watchFinWait();
    }

    /** Closed on this side, and done: the other side's end is waited for only so long. */
    private void watchFinWait() {
        if (state == TcpState.FIN_WAIT_2 && isReadClosed && !isFinWaiting) {
            isFinWaiting = true;
            finWaitUntilNs = context.nowNs + context.setup.timings().finWaitNs();
            context.atNextMoment(() -> {
                finWaitUntilNs = context.nowNs + context.setup.timings().finWaitNs();
                rearm();
            });
        }
    }

    boolean isFinWaiting() {
        return isFinWaiting;
    }

    long finWaitUntilNs() {
        return finWaitUntilNs;
    }

    /** The handshake is over. */
    void establish() {
        opening = null;
        setState(TcpState.ESTABLISHED);
        events.onConnected();
        context.outlet.addTurn(this);
    }

    FlowEvents events() {
        return events;
    }

    /** It is over: everything but unread bytes is freed. */
    void end(End how) {
        if (state == TcpState.CLOSED) {
            return;
        }
        state = TcpState.CLOSED;
        opening = null;
        timer.cancel();
        sender.clear();
        tcp.forget(this);
        if (how != End.FINISHED || isReadClosed) {
            freeReceived();
        }
        events.onClosed(how);
    }

    private void freeReceived() {
        if (receiver != null) {
            receiver.buffer().clear();
        }
    }

    /** An acknowledgment that hostile segments could provoke, and so not too often. */
    void challenge() {
        if (receiver != null && context.nowNs - challengedNs >= FlowTimers.CHALLENGE_NS) {
            challengedNs = context.nowNs;
            receiver.demandAck();
            context.outlet.addAcknowledging(this);
        }
    }

    boolean isAcknowledgmentDue() {
        return state != TcpState.CLOSED && receiver != null && receiver.isAckDue();
    }

    @Nullable Packet acknowledge(PacketPool pool) {
        return isAcknowledgmentDue() ? tcp.output().acknowledge(this, pool) : null;
    }

    @Nullable Packet send(PacketPool pool) {
        return state == TcpState.CLOSED ? null : tcp.output().send(this, pool);
    }

    private void onTimer() {
        FlowTimers.onTimer(this, context);
    }

    /** Sees to it that the timer fires at the next moment, or before. */
    void rearm() {
        if (state == TcpState.CLOSED) {
            return;
        }
        long untilNs = FlowTimers.untilNextNs(this, context.nowNs);
        if (untilNs != Long.MAX_VALUE && !timer.firesBy(context.nowNs + untilNs)) {
            timer.armAt(context.nowNs + untilNs);
        }
    }

    /** What waits to be sent, for status and tests. */
    SendBuffer sendBuffer() {
        return sender.buffer();
    }
}
