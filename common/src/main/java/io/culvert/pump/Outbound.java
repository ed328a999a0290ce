package io.culvert.pump;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.carrier.Bundle;
import io.culvert.carrier.Carrier;
import io.culvert.ip.Ecn;
import io.culvert.ip.FlowHash;
import io.culvert.ip.IpPacket;
import io.culvert.ip.Segmenter;
import io.culvert.ip.SuperPacket;
import io.culvert.queue.FlowQueue;
import io.culvert.queue.Limits;
import io.culvert.stats.DropReason;
import io.culvert.tun.Tun;
import io.culvert.tunnel.Peer;
import io.culvert.tunnel.Tunnel;
import io.culvert.wire.Transport;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;

/**
 * The road out. Confined to the loop.
 *
 * <ol>
 *   <li>read a packet of the inside, up to 64 KiB where the kernel offers super-packets
 *   <li>destination → peer; where there is none, or nothing ever led to it, an ICMP error goes back
 *   <li>into the peer's flow queue, as plaintext
 *   <li>when its carrier is writable: out of the queue, dropped there if it waited too long
 *   <li>segment into the carrier's message, in place; a super-packet goes whole where the other
 *       side takes it, or in as large parts as keep nobody waiting
 *   <li>nonce, pad, seal, in place
 *   <li>one flush of all that went to a carrier
 * </ol>
 */
final class Outbound {
    /**
     * Reads before the carriers get their turn. More than is sent in a turn: packets wait here,
     * where sparse flows go first and delay is held down, and not in the device's own queue.
     */
    private static final int READS_A_POLL = 16;

    /** What one turn seals and sends, in bytes of packets; then the loop looks at its sockets. */
    private static final int SENT_A_TURN_BYTES = 262_144;

    private static final int PADDING = 15;

    /** What the queues of all peers may hold together, as long as there are not too many. */
    private static final long ALL_QUEUES_BYTES = 64 << 20;

    /** What all packets that wait may take up, whatever is in them. */
    private static final long MOST_HELD_BYTES = 96 << 20;

    /** What each queue may hold however many there are: a few super-packets. */
    private static final long LEAST_QUEUE_BYTES = 256 << 10;

    private final Tun tun;
    private final Tunnel<Carrier> tunnel;
    private final Refusals refusals;
    private final PacketPool pool = new PacketPool();
    private final Segmenter segmenter = new Segmenter();
    private final IdentityHashMap<Peer<Carrier>, Backlog> backlogs = new IdentityHashMap<>();

    /** Whose packets wait, by turns: what a turn costs follows these, not all peers there are. */
    private final ArrayDeque<Backlog> waiting = new ArrayDeque<>();

    /**
     * The carriers that something was put into and that were not flushed yet; some of them twice.
     */
    private final ArrayList<Carrier> filled = new ArrayList<>();

    /** What this turn may still send. */
    private int budgetBytes;

    Outbound(Tun tun, Tunnel<Carrier> tunnel) {
        this.tun = tun;
        this.tunnel = tunnel;
        this.refusals = new Refusals(tun);
    }

    /** A turn: steps 1 to 3 for some of what waits, then 4 to 7 for some; the number read. */
    int poll(long nowNs) throws IOException {
        budgetBytes = SENT_A_TURN_BYTES;
        int reads = read(nowNs);
        drainAll(nowNs);
        return reads;
    }

    private int read(long nowNs) throws IOException {
        int reads = 0;
        while (reads < READS_A_POLL) {
            Packet packet = tun.read(pool);
            if (packet == null) {
                break;
            }
            reads++;
            route(packet, nowNs);
        }
        return reads;
    }

    private void route(Packet packet, long nowNs) throws IOException {
        if (pool.leasedBytes() > MOST_HELD_BYTES) {
            drop(packet, DropReason.QUEUE_OVERFLOW);
            return;
        }
        int length = IpPacket.check(packet.array(), packet.offset(), packet.length());
        if (length <= 0) {
            drop(packet, DropReason.BAD_OUTBOUND_PACKET);
            return;
        }
        packet.set(packet.offset(), length);
        Peer<Carrier> peer = tunnel.peerFor(packet.array(), packet.offset());
        if (peer == null || !peer.isReachable()) {
            refusals.tell(packet, nowNs);
            drop(packet, peer == null ? DropReason.NO_ROUTE : DropReason.NO_CARRIER);
            return;
        }
        Backlog backlog = backlogs.get(peer);
        if (backlog == null) {
            backlog = new Backlog(peer, limits());
            backlogs.put(peer, backlog);
        }
        int hash = FlowHash.of(packet.array(), packet.offset(), packet.length());
        backlog.add(packet, hash, nowNs);
        if (!backlog.isListed) {
            backlog.isListed = true;
            waiting.addLast(backlog);
        }
    }

    /** A peer that takes nothing, or is not there, holds its share of the memory and no more. */
    private Limits limits() {
        long share = Math.max(LEAST_QUEUE_BYTES, ALL_QUEUES_BYTES / tunnel.peers().size());
        Limits usual = Limits.defaults();
        return usual.withMaxBytes(Math.min(usual.maxBytes(), share));
    }

    private void drop(Packet packet, DropReason reason) {
        tunnel.drops().count(reason);
        packet.release();
    }

    /** Steps 4 to 7 for every peer that is reached by this carrier. */
    void drain(Carrier carrier, long nowNs) {
        for (Backlog backlog : waiting) {
            if (carrier.equals(backlog.peer.endpoint())) {
                drain(backlog, nowNs);
            }
        }
        flush(nowNs);
        carrier.flush(nowNs);
    }

    /** Steps 4 to 7 for every peer: some may be reached by another carrier now. */
    void drain(long nowNs) {
        drainAll(nowNs);
        flush(nowNs);
    }

    /** Whoever still waits when the turn's budget is spent comes first in the next turn. */
    private void drainAll(long nowNs) {
        for (int left = waiting.size(); left > 0 && budgetBytes > 0; left--) {
            Backlog backlog = waiting.removeFirst();
            drain(backlog, nowNs);
            backlog.isListed = !backlog.isEmpty();
            if (backlog.isListed) {
                waiting.addLast(backlog);
            }
        }
    }

    /** Step 7 for every carrier that was filled. */
    void flush(long nowNs) {
        for (Carrier carrier : filled) {
            carrier.flush(nowNs);
        }
        filled.clear();
    }

    private void drain(Backlog backlog, long nowNs) {
        Carrier carrier = backlog.peer.endpoint();
        if (carrier == null || !backlog.isWritable()) {
            return;
        }
        if (!tunnel.canSeal(backlog.peer, nowNs)) {
            tunnel.wantKeys(backlog.peer, nowNs); // meanwhile they wait here, in their fair order
            return;
        }
        for (int turn = 0; turn < Bundle.MOST_LANES; turn++) {
            int lane = backlog.nextLane();
            FlowQueue queue = backlog.waiting(lane);
            Carrier connection = carrier.lane(lane);
            if (queue != null && connection.isWritable()) {
                drain(queue, backlog.peer, connection, nowNs);
            }
        }
        backlog.nextLane(); // another is first in the next turn, should this one's budget not do
    }

    private void drain(FlowQueue queue, Peer<Carrier> peer, Carrier connection, long nowNs) {
        filled.add(connection);
        queue.setPath(connection.roundTripNs());
        while (budgetBytes > 0 && connection.isWritable()) {
            Packet packet = queue.poll(nowNs);
            if (packet == null) {
                return;
            }
            budgetBytes -= packet.length();
            send(peer, connection, packet, nowNs);
            packet.release();
        }
    }

    /** Whether another turn would send something at once. */
    boolean hasMore(long nowNs) {
        for (Backlog backlog : waiting) {
            if (backlog.isWritable() && tunnel.canSeal(backlog.peer, nowNs)) {
                return true;
            }
        }
        return false;
    }

    private void send(Peer<Carrier> peer, Carrier carrier, Packet packet, long nowNs) {
        boolean goesWhole =
                carrier.takesSuperPackets() && SuperPacket.isSuper(packet.array(), packet.offset());
        int most = goesWhole ? carrier.messageBytes() - PADDING - Transport.OVERHEAD : 0;
        int parts = segmenter.start(packet.array(), packet.offset(), packet.length(), most);
        if (parts <= 0) {
            peer.drops().count(DropReason.BAD_OUTBOUND_PACKET);
            return;
        }
        int ecn = Ecn.of(packet.array(), packet.offset()); // the parts' and the outer header's
        for (int i = 0; i < parts; i++) {
            int room = segmenter.lengthOf(i) + PADDING + Transport.OVERHEAD;
            if (room > carrier.maxDatagram()) {
                peer.drops().count(DropReason.TOO_LARGE);
                return;
            }
            int offset = carrier.reserve(room);
            byte[] array = carrier.array();
            int length = segmenter.write(i, array, offset + Transport.CONTENT);
            carrier.commit(tunnel.seal(peer, array, offset, length, nowNs), ecn);
        }
    }

    /**
     * Bytes that wait for a carrier that is there but cannot take more, where only one peer is:
     * with several, one that reads nothing must not keep packets from the others, and its queue
     * drops.
     */
    long heldBack() {
        if (tunnel.peers().size() > 1) {
            return 0;
        }
        long bytes = 0;
        for (Backlog backlog : waiting) {
            bytes += backlog.heldBackBytes();
        }
        return bytes;
    }

    /** Drops what waits for a peer that was removed. */
    void forget(Peer<Carrier> peer) {
        Backlog backlog = backlogs.remove(peer);
        if (backlog != null) {
            backlog.clear();
        }
    }

    void close() {
        backlogs.values().forEach(Backlog::clear);
        backlogs.clear();
        waiting.clear();
        filled.clear();
    }
}
