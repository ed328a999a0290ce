package io.culvert.netstack;

import io.culvert.bytes.BigEndian;
import io.culvert.bytes.Packet;
import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPacket;
import io.culvert.ip.UdpHeader;
import io.culvert.time.DeadlineHeap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams between two ends, or between one port of this stack and anybody. Confined to the
 * stack's thread.
 */
public final class UdpFlow implements UdpOccupant {
    /** What a flow tells its owner, on the stack's thread, as {@link TcpFlow.Listener} does. */
    public interface Listener {
        /** A datagram came; the array is borrowed until return. */
        void onDatagram(UdpFlow flow, Endpoint from, byte[] array, int offset, int length);

        /** What was sent to there did not arrive. */
        void onUnreachable(UdpFlow flow, Endpoint to, Unreached cause);

        /**
         * It is over: it was silent for too long, or could not be opened. A flow with anybody may
         * be silent for ever.
         */
        void onClosed(UdpFlow flow, End end);
    }

    private final Udp udp;
    private final Context context;
    private final FlowKey key;
    private final List<IpAddress> addresses; // its own, where it is with anybody; else none
    private final Listener listener;
    private final DeadlineHeap.Timer timer;
    private final Runnable touch = this::touch;
    private long usedNs; // only once touched
    private boolean isTouched; // or will be, as soon as the time is known
    private boolean isClosed;
    private boolean isPassive;

    UdpFlow(Udp udp, FlowKey key, List<IpAddress> addresses, Listener listener) {
        this.udp = udp;
        this.context = udp.context();
        this.key = key;
        this.addresses = addresses;
        this.listener = listener;
        this.timer = context.timers.timer(this::onTimer);
        use();
    }

    private void use() {
        if (isConnected() && !isTouched) {
            isTouched = true;
            context.atNextMoment(touch);
        }
    }

    private void touch() {
        isTouched = false;
        usedNs = context.nowNs;
        long untilNs = usedNs + context.setup.limits().udpIdleNs();
        if (!isClosed && !timer.firesBy(untilNs)) {
            timer.armAt(untilNs);
        }
    }

    /** This side's end; where there are several, the first. */
    public Endpoint local() {
        return key.local();
    }

    /** The other end; null when that is anybody. */
    public @Nullable Endpoint remote() {
        return isConnected() ? key.remote() : null;
    }

    /** Sends to the other end; false when it was dropped: too long, or too many wait. */
    public boolean send(byte[] array, int offset, int length) {
        if (!isConnected()) {
            throw new IllegalStateException("a flow with anybody: say to whom");
        }
        return sendBy(key, array, offset, length);
    }

    /** Sends to anybody, from a flow that is open to all, by its first address of the family. */
    public boolean sendTo(Endpoint to, byte[] array, int offset, int length) {
        for (IpAddress own : addresses) {
            if (own.isIpv6() == to.address().isIpv6()) {
                Endpoint from = new Endpoint(own, key.local().port());
                return sendBy(new FlowKey(from, to), array, offset, length);
            }
        }
        return false;
    }

    private boolean sendBy(FlowKey path, byte[] array, int offset, int length) {
        Packet packet = isClosed ? null : udp.output().begin(path, UdpHeader.LENGTH + length);
        if (packet == null) {
            return false;
        }
        use();
        int header = DatagramOutput.transport(packet, path);
        BigEndian.putShort(packet.array(), header, path.local().port());
        BigEndian.putShort(packet.array(), header + 2, path.remote().port());
        UdpHeader.putLength(packet.array(), header, UdpHeader.LENGTH + length);
        System.arraycopy(array, offset, packet.array(), header + UdpHeader.LENGTH, length);
        udp.output().finish(packet, path, IpPacket.UDP);
        return true;
    }

    /**
     * Tells the other end by ICMP that what it sends does not arrive, as the error quotes: a
     * datagram of its own without content.
     */
    public void refuse(Unreached cause) {
        if (!isConnected()) {
            throw new IllegalStateException("a flow with anybody has nobody to tell");
        }
        if (!isClosed) {
            udp.refuse(key, cause);
        }
    }

    /** Ends it; nothing is told any more. */
    public void close() {
        if (!isClosed) {
            isClosed = true;
            timer.cancel();
            udp.forget(this);
        }
    }

    @Override
    public FlowKey key() {
        return key;
    }

    boolean isConnected() {
        return addresses.isEmpty();
    }

    /** All of this side's ends, where it is with anybody. */
    List<Endpoint> locals() {
        return addresses.stream().map(own -> new Endpoint(own, key.local().port())).toList();
    }

    boolean isPassive() {
        return isPassive;
    }

    void setPassive() {
        isPassive = true;
    }

    void receive(@Nullable Endpoint from, byte[] array, int offset, int length) {
        usedNs = context.nowNs;
        if (!isClosed) {
            listener.onDatagram(this, from == null ? key.remote() : from, array, offset, length);
        }
    }

    void onUnreachable(Endpoint to, Unreached cause) {
        context.events.add(() -> {
            if (!isClosed) {
                listener.onUnreachable(this, to, cause);
            }
        });
    }

    private void onTimer() {
        long untilNs = usedNs + context.setup.limits().udpIdleNs();
        if (untilNs - context.nowNs > 0) {
            timer.armAt(untilNs);
        } else {
            fail(End.TIMED_OUT);
        }
    }

    /** Ends it by the stack's wish, and tells so. */
    UdpFlow fail(End end) {
        close();
        context.events.add(() -> listener.onClosed(this, end));
        context.outlet.wake();
        return this;
    }
}
