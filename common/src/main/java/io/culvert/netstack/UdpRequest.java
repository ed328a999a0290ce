package io.culvert.netstack;

import io.culvert.time.DeadlineHeap;
import java.util.ArrayDeque;

/**
 * Datagrams between two ends that have no flow yet: the first, and some more that came meanwhile.
 * Confined to the stack's thread.
 */
public final class UdpRequest implements UdpOccupant {
    private static final int MOST_HELD = 16;

    private final Udp udp;
    private final FlowKey key;
    private final ArrayDeque<byte[]> held = new ArrayDeque<>();
    private final Inbound first = new Inbound();
    private final DeadlineHeap.Timer timer;
    private int heldBytes;
    private boolean isAnswered;

    UdpRequest(Udp udp, FlowKey key, byte[] firstPacket) {
        this.udp = udp;
        this.key = key;
        this.timer = udp.context().timers.timer(this::drop);
        if (!first.readHeaders(firstPacket, 0, firstPacket.length)) {
            throw new IllegalStateException("a packet that was valid before");
        }
        timer.armAt(udp.context().nowNs + udp.context().setup.limits().pendingNs());
    }

    /** What the other side wants to reach. */
    public Endpoint local() {
        return key.local();
    }

    /** Who wants it. */
    public Endpoint remote() {
        return key.remote();
    }

    /** Takes the flow up: its listener is told what came, from now on. */
    public UdpFlow accept(UdpFlow.Listener listener) {
        boolean isLate = isAnswered;
        UdpFlow flow = udp.accept(this, listener, isLate);
        if (isLate) {
            return flow;
        }
        finish(flow);
        return flow;
    }

    /** Answers by ICMP that it cannot be reached, and why. */
    public void refuse(Unreached cause) {
        if (!isAnswered) {
            finish(null);
            udp.context().errors.send(first, cause);
        }
    }

    /** Answers nothing. */
    public void drop() {
        if (!isAnswered) {
            finish(null);
        }
    }

    @Override
    public FlowKey key() {
        return key;
    }

    int heldBytes() {
        return heldBytes;
    }

    /** Keeps a payload until the flow is taken up; false when there are too many. */
    boolean hold(byte[] payload) {
        if (held.size() >= MOST_HELD) {
            return false;
        }
        held.addLast(payload);
        heldBytes += payload.length;
        return true;
    }

    void offer(UdpArrivals arrivals) {
        if (!isAnswered) {
            arrivals.onUdp(this);
        }
    }

    private void finish(@org.jspecify.annotations.Nullable UdpFlow flow) {
        isAnswered = true;
        timer.cancel();
        udp.onAnswered(this);
        if (flow != null) {
            for (byte[] payload : held) {
                udp.context().events.add(() -> flow.receive(null, payload, 0, payload.length));
            }
            udp.context().outlet.wake();
        }
        held.clear();
    }
}
