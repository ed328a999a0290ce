package io.culvert.server.exit;

import io.culvert.bytes.BigEndian;
import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPacket;
import io.culvert.ip.Ipv4Header;
import io.culvert.ip.Ipv6Header;
import io.culvert.ip.Unreachable;
import io.culvert.stats.DropReason;
import io.culvert.stats.Drops;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Packets of one peer for another: turned round as a router would, one hop fewer to live, in a
 * bounded queue. Super-packets stay whole. Confined to the loop.
 */
public final class Hairpin {
    /** Where packets go. Called on the loop, for each packet. */
    @FunctionalInterface
    public interface Destinations {
        /** Whether the valid IP packet there goes to a peer. */
        boolean leadsToPeer(byte[] array, int offset);
    }

    /** What became of a packet. */
    enum Outcome {
        /** It waits to be read. */
        TURNED,
        /** There was no room, its time was over, or it may not go there. */
        DROPPED,
        /** It is the stack's. */
        NOT_FOR_A_PEER
    }

    private static final long MOST_BYTES = 4 << 20;
    private static final int HOPS_IPV4 = 8;
    private static final int HOPS_IPV6 = 7;
    private static final int PROHIBITED = 13; // RFC 1812 §5.2.7.1
    private static final int PROHIBITED_6 = 1; // RFC 4443 §3.1

    private final Destinations peers;
    private final List<IpAddress> own;
    private final boolean isAllowed;
    private final Drops drops;
    private final PacketPool pool = new PacketPool();
    private final ArrayDeque<Packet> waiting = new ArrayDeque<>();
    private final Unreachable prohibited = new Unreachable(PROHIBITED, PROHIBITED_6);
    private long waitingBytes;

    /**
     * Between these peers.
     *
     * @param own the gateway's addresses, which are no peer's whatever the files say
     * @param isAllowed whether peers reach each other
     */
    public Hairpin(Destinations peers, List<IpAddress> own, boolean isAllowed, Drops drops) {
        this.peers = peers;
        this.own = List.copyOf(own);
        this.isAllowed = isAllowed;
        this.drops = drops;
    }

    /** Takes a copy of a packet that goes to a peer, with the header before it. */
    Outcome offer(byte[] array, int offset, int length) {
        if (IpPacket.check(array, offset, length) == IpPacket.BAD) {
            return Outcome.NOT_FOR_A_PEER; // the stack counts it
        }
        if (isOwn(array, offset) || !peers.leadsToPeer(array, offset)) {
            return Outcome.NOT_FOR_A_PEER;
        }
        if (!isAllowed) {
            return refuse(array, offset, length);
        }
        return turn(array, offset, length);
    }

    private boolean isOwn(byte[] array, int offset) {
        boolean isIpv6 = IpPacket.isIpv6(array, offset);
        int at = offset + (isIpv6 ? Ipv6Header.DESTINATION : Ipv4Header.DESTINATION);
        long high =
                isIpv6 ? BigEndian.getLong(array, at) : (long) BigEndian.getInt(array, at) << 32;
        long low = isIpv6 ? BigEndian.getLong(array, at + 8) : 0;
        for (IpAddress address : own) {
            boolean isSame = address.high() == high && address.low() == low;
            if (isSame && address.isIpv6() == isIpv6) {
                return true;
            }
        }
        return false;
    }

    private Outcome turn(byte[] array, int offset, int length) {
        boolean isIpv6 = IpPacket.isIpv6(array, offset);
        int hops = array[offset + (isIpv6 ? HOPS_IPV6 : HOPS_IPV4)] & 0xff;
        if (hops <= 1 || waitingBytes + length > MOST_BYTES) {
            drops.count(hops <= 1 ? DropReason.NO_ROUTE : DropReason.QUEUE_OVERFLOW);
            return Outcome.DROPPED;
        }
        Packet packet = pool.lease(length);
        int at = packet.offset();
        int head = Packet.OFFLOAD_LENGTH;
        System.arraycopy(array, offset - head, packet.array(), at - head, head + length);
        packet.set(at, length);
        if (isIpv6) {
            packet.array()[at + HOPS_IPV6] = (byte) (hops - 1);
        } else {
            packet.array()[at + HOPS_IPV4] = (byte) (hops - 1);
            Ipv4Header.fixChecksum(packet.array(), at);
        }
        add(packet);
        return Outcome.TURNED;
    }

    private Outcome refuse(byte[] array, int offset, int length) {
        drops.count(DropReason.EGRESS_DENIED);
        if (waitingBytes > MOST_BYTES / 2) {
            return Outcome.DROPPED;
        }
        Packet packet = pool.lease(Unreachable.MAX_LENGTH);
        int at = packet.offset();
        int written = prohibited.answer(array, offset, length, packet.array(), at);
        if (written == 0) {
            packet.release();
            return Outcome.DROPPED;
        }
        BigEndian.putLong(packet.array(), at - Packet.OFFLOAD_LENGTH, 0);
        BigEndian.putShort(packet.array(), at - 2, 0);
        packet.set(at, written);
        add(packet);
        return Outcome.TURNED;
    }

    private void add(Packet packet) {
        waitingBytes += packet.length();
        waiting.addLast(packet);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** The next one, the caller's to release; null when none waits. */
    @Nullable Packet poll() {
        Packet packet = waiting.pollFirst();
        if (packet != null) {
            waitingBytes -= packet.length();
        }
        return packet;
    }

    void close() {
        for (Packet packet = poll(); packet != null; packet = poll()) {
            packet.release();
        }
    }
}
