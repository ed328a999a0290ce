package io.culvert.pump;

import io.culvert.bytes.Packet;
import io.culvert.carrier.Bundle;
import io.culvert.carrier.Carrier;
import io.culvert.queue.FlowQueue;
import io.culvert.queue.Limits;
import io.culvert.tunnel.Peer;
import org.jspecify.annotations.Nullable;

/**
 * One peer's packets that wait: a flow queue for each connection of its carrier. Confined to the
 * loop.
 */
final class Backlog {
    final Peer<Carrier> peer;
    private final Limits limits;
    private final @Nullable FlowQueue[] queues = new FlowQueue[Bundle.MOST_LANES];

    /** Null until the carrier had several connections. */
    private @Nullable LaneTable table;

    private int lane;

    /** Whether it stands among those that wait; it may have run empty meanwhile. */
    boolean isListed;

    Backlog(Peer<Carrier> peer, Limits limits) {
        this.peer = peer;
        this.limits = limits;
    }

    /** Takes a packet into the queue of its flow's lane. */
    void add(Packet packet, int flowHash, long nowNs) {
        Carrier carrier = peer.endpoint();
        int count = carrier == null ? 1 : carrier.lanes();
        if (table == null && count > 1) {
            table = new LaneTable(queues.length);
        }
        int lane = table == null ? 0 : table.laneOf(flowHash, packet.length(), count, nowNs);
        FlowQueue queue = queues[lane];
        if (queue == null) {
            queue = new FlowQueue(limits, peer.drops());
            queues[lane] = queue;
        }
        queue.add(packet, flowHash, nowNs);
    }

    /** The lane whose turn it is. */
    int nextLane() {
        lane = (lane + 1) % queues.length;
        return lane;
    }

    /** The lane's queue; null where nothing waits in it. */
    @Nullable FlowQueue waiting(int lane) {
        FlowQueue queue = queues[lane];
        return queue == null || queue.packets() == 0 ? null : queue;
    }

    /** Whether nothing waits at all. */
    boolean isEmpty() {
        for (int lane = 0; lane < queues.length; lane++) {
            if (waiting(lane) != null) {
                return false;
            }
        }
        return true;
    }

    /** Whether something waits that its connection would take now. */
    boolean isWritable() {
        Carrier carrier = peer.endpoint();
        if (carrier == null) {
            return false;
        }
        for (int lane = 0; lane < queues.length; lane++) {
            if (waiting(lane) != null && carrier.lane(lane).isWritable()) {
                return true;
            }
        }
        return false;
    }

    /** Bytes that wait for connections that are there but take nothing now. */
    long heldBackBytes() {
        Carrier carrier = peer.endpoint();
        long bytes = 0;
        for (int lane = 0; carrier != null && lane < queues.length; lane++) {
            FlowQueue queue = waiting(lane);
            if (queue != null && !carrier.lane(lane).isWritable()) {
                bytes += queue.bytes();
            }
        }
        return bytes;
    }

    /** Releases all that waits. */
    void clear() {
        for (FlowQueue queue : queues) {
            if (queue != null) {
                queue.clear();
            }
        }
    }
}
