package io.culvert.pump;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.carrier.Carrier;
import io.culvert.ip.FlowHash;
import io.culvert.ip.IpPacket;
import io.culvert.ip.Segmenter;
import io.culvert.queue.FlowQueue;
import io.culvert.queue.Limits;
import io.culvert.stats.DropReason;
import io.culvert.tun.Tun;
import io.culvert.tunnel.Peer;
import io.culvert.tunnel.Tunnel;
import io.culvert.wire.Transport;
import java.io.IOException;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * The road out. Confined to the loop.
 *
 * <ol>
 *   <li>read a packet of the inside, up to 64 KiB where the kernel offers super-packets
 *   <li>destination → peer
 *   <li>into the peer's flow queue, as plaintext
 *   <li>when its carrier is writable: out of the queue, dropped there if it waited too long
 *   <li>segment into the carrier's message, in place
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

    /** What each queue may hold however many there are: a few super-packets. */
    private static final long LEAST_QUEUE_BYTES = 256 << 10;

    private final Tun tun;
    private final Tunnel<Carrier> tunnel;
    private final PacketPool pool = new PacketPool();
    private final Segmenter segmenter = new Segmenter();
    private final IdentityHashMap<Peer<Carrier>, FlowQueue> queues = new IdentityHashMap<>();

    /** What this turn may still send. */
    private int budgetBytes;

    Outbound(Tun tun, Tunnel<Carrier> tunnel) {
        this.tun = tun;
        this.tunnel = tunnel;
    }

    /** A turn: steps 1 to 3 for some of what waits, then 4 to 7 for some; the number read. */
    int poll(long nowNs) throws IOException {
        budgetBytes = SENT_A_TURN_BYTES;
        int reads = read(nowNs);
        for (Map.Entry<Peer<Carrier>, FlowQueue> entry : queues.entrySet()) {
            drain(entry.getKey(), entry.getValue(), nowNs);
        }
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

    private void route(Packet packet, long nowNs) {
        int length = IpPacket.check(packet.array(), packet.offset(), packet.length());
        if (length <= 0) {
            drop(packet, DropReason.BAD_OUTBOUND_PACKET);
            return;
        }
        packet.set(packet.offset(), length);
        Peer<Carrier> peer = tunnel.peerFor(packet.array(), packet.offset());
        if (peer == null) {
            drop(packet, DropReason.NO_ROUTE);
            return;
        }
        FlowQueue queue = queues.get(peer);
        if (queue == null) {
            queue = new FlowQueue(limits(), peer.drops());
            queues.put(peer, queue);
        }
        int hash = FlowHash.of(packet.array(), packet.offset(), packet.length());
        queue.add(packet, hash, nowNs);
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
        for (Map.Entry<Peer<Carrier>, FlowQueue> entry : queues.entrySet()) {
            if (carrier.equals(entry.getKey().endpoint())) {
                drain(entry.getKey(), entry.getValue(), nowNs);
            }
        }
        carrier.flush();
    }

    /** Steps 4 to 7 for every peer: some may be reached by another carrier now. */
    void drain(long nowNs) {
        for (Map.Entry<Peer<Carrier>, FlowQueue> entry : queues.entrySet()) {
            drain(entry.getKey(), entry.getValue(), nowNs);
        }
        flush();
    }

    /** Step 7 for every carrier that this poll may have filled. */
    void flush() {
        for (Peer<Carrier> peer : queues.keySet()) {
            Carrier carrier = peer.endpoint();
            if (carrier != null) {
                carrier.flush();
            }
        }
    }

    private void drain(Peer<Carrier> peer, FlowQueue queue, long nowNs) {
        Carrier carrier = peer.endpoint();
        while (budgetBytes > 0 && carrier != null && carrier.isWritable()) {
            Packet packet = queue.poll(nowNs);
            if (packet == null) {
                return;
            }
            budgetBytes -= packet.length();
            send(peer, carrier, packet, nowNs);
            packet.release();
        }
    }

    /** Whether another turn would send something at once. */
    boolean hasMore() {
        for (Map.Entry<Peer<Carrier>, FlowQueue> entry : queues.entrySet()) {
            Carrier carrier = entry.getKey().endpoint();
            if (entry.getValue().packets() > 0 && carrier != null && carrier.isWritable()) {
                return true;
            }
        }
        return false;
    }

    private void send(Peer<Carrier> peer, Carrier carrier, Packet packet, long nowNs) {
        int segments = segmenter.start(packet.array(), packet.offset(), packet.length());
        if (segments <= 0) {
            peer.drops().count(DropReason.BAD_OUTBOUND_PACKET);
            return;
        }
        for (int i = 0; i < segments; i++) {
            int most = segmenter.lengthOf(i) + PADDING + Transport.OVERHEAD;
            if (most > carrier.maxDatagram()) {
                peer.drops().count(DropReason.TOO_LARGE);
                return;
            }
            int offset = carrier.reserve(most);
            byte[] array = carrier.array();
            int length = segmenter.write(i, array, offset + Transport.CONTENT);
            carrier.commit(tunnel.seal(peer, array, offset, length, nowNs));
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
        for (Map.Entry<Peer<Carrier>, FlowQueue> entry : queues.entrySet()) {
            Carrier carrier = entry.getKey().endpoint();
            if (carrier != null && !carrier.isWritable()) {
                bytes += entry.getValue().bytes();
            }
        }
        return bytes;
    }

    /** Drops what waits for a peer that was removed. */
    void forget(Peer<Carrier> peer) {
        FlowQueue queue = queues.remove(peer);
        if (queue != null) {
            queue.clear();
        }
    }

    void close() {
        queues.values().forEach(FlowQueue::clear);
        queues.clear();
    }
}
