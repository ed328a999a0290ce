package io.culvert.relay;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.carrier.Carrier;
import io.culvert.queue.FlowQueue;
import io.culvert.queue.Limits;
import io.culvert.stats.DropReason;
import io.culvert.stats.Drops;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The datagrams of one remote, between UDP and a stream's carrier, which comes and goes. Confined
 * to the loop.
 *
 * <p>From UDP ({@link #send}) a datagram goes straight into the carrier while that is writable.
 * Else it waits: handshakes in a band of their own that goes first, the rest under CoDel, as short
 * as any queue of the tunnel's own. So nobody's latency dies in a relay. To UDP ({@link #receive})
 * nothing waits: that road takes or loses.
 */
public final class Crossing {
    /** The UDP side. */
    @FunctionalInterface
    public interface UdpSide {
        /** Sends the datagram, or loses it. */
        void send(byte[] array, int offset, int length);
    }

    /**
     * What the crossings on one loop share.
     *
     * @param rule what may pass
     * @param pool where waiting datagrams stand
     * @param drops where those are counted that did not pass
     */
    public record Shared(RelayRule rule, PacketPool pool, Drops drops) {}

    private static final int MOST_URGENT = 64;

    /** One flow: what it holds is ciphertext, which nobody can tell apart. */
    private static final Limits LIMITS = Limits.defaults().withFlows(1);

    private final Shared shared;
    private final UdpSide udp;
    private final FlowQueue waiting;
    private final ArrayDeque<Packet> urgent = new ArrayDeque<>();

    /** Null while there is none. */
    private @Nullable Carrier carrier;

    /** A crossing whose stream is yet to come. */
    public Crossing(Shared shared, UdpSide udp) {
        this.shared = shared;
        this.udp = udp;
        this.waiting = FlowQueue.ofOpaque(LIMITS, shared.drops());
    }

    /** The stream is this one from now on. */
    public void connect(Carrier stream, long nowNs) {
        carrier = stream;
        drain(nowNs);
    }

    /** The stream is gone, if it was this one. */
    public void disconnect(Carrier stream) {
        if (stream.equals(carrier)) {
            carrier = null;
        }
    }

    /** The stream at hand; null when there is none. */
    public @Nullable Carrier carrier() {
        return carrier;
    }

    /**
     * Takes a datagram from UDP towards the stream; {@link #flush} follows.
     *
     * @return whether the rule let it pass
     */
    public boolean send(byte[] array, int offset, int length, long nowNs) {
        if (!shared.rule().admits(array, offset, length)) {
            shared.drops().count(DropReason.MALFORMED_DATAGRAM);
            return false;
        }
        Carrier stream = carrier;
        if (stream != null && length > stream.maxDatagram()) {
            shared.drops().count(DropReason.TOO_LARGE);
        } else if (stream != null && stream.isWritable() && isEmpty()) {
            write(stream, array, offset, length);
        } else {
            wait(array, offset, length, nowNs);
        }
        return true;
    }

    private void wait(byte[] array, int offset, int length, long nowNs) {
        Packet packet = shared.pool().lease(length);
        packet.set(Packet.HEADROOM, length);
        System.arraycopy(array, offset, packet.array(), Packet.HEADROOM, length);
        if (!shared.rule().isUrgent(array, offset, length)) {
            waiting.add(packet, 0, nowNs);
            return;
        }
        urgent.addLast(packet);
        if (urgent.size() > MOST_URGENT) {
            urgent.removeFirst().release();
            shared.drops().count(DropReason.QUEUE_OVERFLOW);
        }
    }

    /** No more datagrams of this read: what was taken leaves. */
    public void flush(long nowNs) {
        if (carrier != null) {
            carrier.flush(nowNs);
        }
    }

    /** The stream takes datagrams again. */
    public void drain(long nowNs) {
        Carrier stream = carrier;
        if (stream == null) {
            return;
        }
        waiting.setPath(stream.roundTripNs());
        boolean hasMore = true;
        while (hasMore && stream.isWritable()) {
            Packet next = urgent.pollFirst();
            if (next == null) {
                next = waiting.poll(nowNs);
            }
            hasMore = next != null;
            if (next != null) {
                if (next.length() <= stream.maxDatagram()) {
                    write(stream, next.array(), next.offset(), next.length());
                } else {
                    shared.drops().count(DropReason.TOO_LARGE);
                }
                next.release();
            }
        }
        stream.flush(nowNs);
    }

    private static void write(Carrier stream, byte[] array, int offset, int length) {
        int at = stream.reserve(length);
        System.arraycopy(array, offset, stream.array(), at, length);
        stream.commit(length);
    }

    /**
     * Takes a datagram from the stream towards UDP.
     *
     * @return whether the rule let it pass
     */
    public boolean receive(byte[] array, int offset, int length) {
        boolean passes = shared.rule().admits(array, offset, length);
        if (passes) {
            udp.send(array, offset, length);
        } else {
            shared.drops().count(DropReason.MALFORMED_DATAGRAM);
        }
        return passes;
    }

    private boolean isEmpty() {
        return urgent.isEmpty() && waiting.packets() == 0;
    }

    /** Gives back all that waits; there is no stream any more. */
    public void close() {
        carrier = null;
        waiting.clear();
        for (Packet packet = urgent.poll(); packet != null; packet = urgent.poll()) {
            packet.release();
        }
    }
}
