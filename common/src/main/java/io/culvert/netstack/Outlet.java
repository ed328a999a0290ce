package io.culvert.netstack;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The way out: what waits to be polled. Resets and ICMP errors first, then acknowledgments, then
 * datagrams and flows by turns, a packet each. What a flow sends is made when its turn comes.
 * Bounded; confined to the stack's thread.
 */
final class Outlet {
    private final ArrayDeque<Packet> urgent = new ArrayDeque<>();
    private final ArrayDeque<Packet> datagrams = new ArrayDeque<>();
    private final ArrayDeque<TcpFlow> acknowledging = new ArrayDeque<>();
    private final ArrayDeque<TcpFlow> turns = new ArrayDeque<>();

    /** Whole packets that wait; each goes back to here when the one who polled it is done. */
    private final PacketPool pool = new PacketPool();

    private final int mostBytes;
    private final Runnable onOutput;
    private long waitingBytes;
    private boolean isDry = true;
    private boolean isDatagramsTurn;

    Outlet(int mostBytes, Runnable onOutput) {
        this.mostBytes = mostBytes;
        this.onOutput = onOutput;
    }

    /** A packet to fill and add; null when too many wait. */
    @Nullable Packet lease(int length) {
        return waitingBytes + length > mostBytes ? null : pool.lease(length);
    }

    /** Whether so much waits that answers nobody needs should not be added. */
    boolean isCrowded() {
        return waitingBytes > mostBytes / 4;
    }

    /** Takes a reset or an ICMP message. */
    void addUrgent(Packet packet) {
        waitingBytes += packet.capacity();
        urgent.addLast(packet);
        wake();
    }

    /** Takes a datagram. */
    void addDatagram(Packet packet) {
        waitingBytes += packet.capacity();
        datagrams.addLast(packet);
        wake();
    }

    /** The flow has something to acknowledge at once. */
    void addAcknowledging(TcpFlow flow) {
        if (!flow.isAcknowledging) {
            flow.isAcknowledging = true;
            acknowledging.addLast(flow);
            wake();
        }
    }

    /** The flow may have something to send. */
    void addTurn(TcpFlow flow) {
        if (!flow.hasTurn) {
            flow.hasTurn = true;
            turns.addLast(flow);
            wake();
        }
    }

    /** Where urgent packets may also be leased from. */
    PacketPool pool() {
        return pool;
    }

    /** Something is to be polled, or told. */
    void wake() {
        if (isDry) {
            isDry = false;
            onOutput.run();
        }
    }

    /** Packets out of {@link #lease} that nobody has released yet. */
    int leased() {
        return pool.leased();
    }

    /** The next packet, which is the caller's; null when there is none. */
    @Nullable Packet poll(PacketPool flowPool) {
        Packet packet = urgent.pollFirst();
        if (packet != null) {
            waitingBytes -= packet.capacity();
            return packet;
        }
        packet = pollAcknowledgment(flowPool);
        if (packet == null) {
            isDatagramsTurn = !isDatagramsTurn;
            packet = isDatagramsTurn ? pollDatagram() : pollFlow(flowPool);
        }
        if (packet == null) {
            packet = isDatagramsTurn ? pollFlow(flowPool) : pollDatagram();
        }
        isDry = packet == null;
        return packet;
    }

    private @Nullable Packet pollAcknowledgment(PacketPool flowPool) {
        Packet packet = null;
        while (packet == null) {
            TcpFlow flow = acknowledging.pollFirst();
            if (flow == null) {
                return null;
            }
            flow.isAcknowledging = false;
            packet = flow.acknowledge(flowPool);
            if (packet != null && flow.isAcknowledgmentDue()) {
                addAcknowledging(flow);
            }
        }
        return packet;
    }

    private @Nullable Packet pollDatagram() {
        Packet packet = datagrams.pollFirst();
        if (packet != null) {
            waitingBytes -= packet.capacity();
        }
        return packet;
    }

    private @Nullable Packet pollFlow(PacketPool flowPool) {
        Packet packet = null;
        while (packet == null) {
            TcpFlow flow = turns.pollFirst();
            if (flow == null) {
                return null;
            }
            flow.hasTurn = false;
            packet = flow.send(flowPool);
            if (packet != null && !flow.hasTurn) {
                flow.hasTurn = true;
                turns.addLast(flow);
            }
        }
        return packet;
    }
}
