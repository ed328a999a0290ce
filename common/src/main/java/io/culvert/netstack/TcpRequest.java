package io.culvert.netstack;

import io.culvert.ip.TcpHeader;
import io.culvert.time.DeadlineHeap;

/**
 * A connection that somebody wants to open: its SYN, not answered yet. Repeated SYNs meanwhile say
 * nothing new. Confined to the stack's thread.
 */
public final class TcpRequest implements Occupant {
    private final Tcp tcp;
    private final FlowKey key;
    private final TcpArrivals arrivals;
    private final Segment segment = new Segment(); // of the copy below
    private final Inbound packet = new Inbound(); // a copy of the SYN's packet
    private final DeadlineHeap.Timer timer;
    private boolean isAnswered;

    TcpRequest(Tcp tcp, FlowKey key, TcpArrivals arrivals, byte[] copy) {
        this.tcp = tcp;
        this.key = key;
        this.arrivals = arrivals;
        this.timer = tcp.context().timers.timer(this::cancel);
        if (!packet.readHeaders(copy, 0, copy.length)) {
            throw new IllegalStateException("a packet that was valid before");
        }
        if (!segment.read(packet)) {
            throw new IllegalStateException("a segment that was valid before");
        }
        timer.armAt(tcp.context().nowNs + tcp.context().setup.limits().pendingNs());
    }

    /** What the other side wants to reach. */
    public Endpoint local() {
        return key.local();
    }

    /** Who wants it. */
    public Endpoint remote() {
        return key.remote();
    }

    /** Whether it was answered, cancelled or came to its end. */
    public boolean isOver() {
        return isAnswered;
    }

    /**
     * Answers that the connection is open: only now the other side hears of it.
     *
     * @return the flow, which will be connected; where the request is over, a closed one
     */
    public TcpFlow accept(TcpFlow.Listener listener) {
        boolean isLate = isAnswered;
        if (!isLate) {
            finish();
        }
        return tcp.accept(this, listener, isLate);
    }

    /** Answers that nobody listens. */
    public void reset() {
        if (!isAnswered) {
            finish();
            tcp.answerReset(key, segment);
        }
    }

    /**
     * Answers by ICMP why it cannot be reached; by a reset where too many were told so already, as
     * one who hears nothing would ask again for a minute.
     */
    public void refuse(Unreached cause) {
        if (!isAnswered) {
            finish();
            if (!tcp.context().errors.send(packet, cause)) {
                tcp.answerReset(key, segment);
            }
        }
    }

    /** Answers nothing. */
    public void drop() {
        if (!isAnswered) {
            finish();
        }
    }

    @Override
    public FlowKey key() {
        return key;
    }

    Segment segment() {
        return segment;
    }

    private void finish() {
        isAnswered = true;
        timer.cancel();
        tcp.onAnswered(this);
    }

    private void cancel() {
        if (!isAnswered) {
            finish();
            tcp.context().events.add(() -> arrivals.onTcpCancelled(this));
            tcp.context().outlet.wake();
        }
    }

    /** Another segment between the same ends. */
    void receive(Segment other) {
        boolean isReset = other.has(TcpHeader.RST) && other.sequence() == segment.sequence() + 1;
        if (isReset) {
            cancel();
        }
    }

    void offer() {
        if (!isAnswered) {
            arrivals.onTcp(this);
        }
    }
}
