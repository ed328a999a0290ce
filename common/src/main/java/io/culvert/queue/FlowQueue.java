package io.culvert.queue;

import io.culvert.bytes.Packet;
import io.culvert.ip.Ecn;
import io.culvert.ip.FlowHash;
import io.culvert.ip.IpPacket;
import io.culvert.queue.Flow.Entry;
import io.culvert.stats.DropReason;
import io.culvert.stats.Drops;
import org.jspecify.annotations.Nullable;

/**
 * One peer's packets that wait until its carrier is writable: FQ-CoDel (RFC 8290, RFC 8289).
 * Confined to one thread.
 *
 * <ol>
 *   <li>{@link #add} puts a packet into its flow's bucket. A flow that was idle is new: its turn
 *       comes before all old ones, so a sparse flow (DNS, a keystroke) never waits behind a bulk.
 *   <li>Beyond a limit the first packet of the fattest flow is dropped.
 *   <li>{@link #poll} takes turns by bytes (deficit round robin). CoDel then decides: a packet that
 *       waited too long too often is marked when its flow knows ECN, else dropped from the head.
 * </ol>
 *
 * <p>Buckets and entries are made when first needed and then used again: nothing is allocated in
 * the steady state.
 */
public final class FlowQueue {
    /** After an outage, what waited longer serves nobody: its sender has sent it again. */
    private static final long STALE_NS = 10_000_000_000L;

    /** A power of two. */
    private static final int PAGE_FLOWS = 32;

    private final Limits limits;
    private final Patience patience;
    private final Drops drops;

    /** Whether packets are looked into, and marked. */
    private final boolean isIp;

    /** By pages, each made when first needed: most peers never have more than a few flows. */
    private final @Nullable Flow[] @Nullable [] pages;

    private final FlowList newFlows = new FlowList();
    private final FlowList oldFlows = new FlowList();
    private @Nullable Entry free;
    private int packets;
    private long bytes;
    private long marks;

    /** An empty queue; what it drops it counts in {@code drops}. */
    public FlowQueue(Limits limits, Drops drops) {
        this(limits, drops, true);
    }

    private FlowQueue(Limits limits, Drops drops, boolean isIp) {
        this.limits = limits;
        this.patience = new Patience(limits);
        this.drops = drops;
        this.isIp = isIp;
        this.pages = new Flow[(limits.flows() - 1) / PAGE_FLOWS + 1][];
    }

    /** An empty queue for what is no IP packet, or none of our business: it is never marked. */
    public static FlowQueue ofOpaque(Limits limits, Drops drops) {
        return new FlowQueue(limits, drops, false);
    }

    /**
     * Takes the packet, which is an IP packet unless the queue is one of opaque packets; {@code
     * flowHash} says which flow it is of.
     */
    public void add(Packet packet, int flowHash, long nowNs) {
        Flow flow = bucket(flowHash);
        flow.append(entry(packet, nowNs), packet.length());
        packets++;
        bytes += packet.length();
        if (!flow.isActive) {
            flow.isActive = true;
            flow.deficit = limits.quantumBytes();
            newFlows.append(flow);
        }
        while (isOverLimit()) {
            dropFromFattest();
        }
    }

    private Flow bucket(int flowHash) {
        int index = FlowHash.bucket(flowHash, limits.flows());
        @Nullable Flow[] page = pages[index / PAGE_FLOWS];
        if (page == null) {
            page = new Flow[PAGE_FLOWS];
            pages[index / PAGE_FLOWS] = page;
        }
        Flow flow = page[index % PAGE_FLOWS];
        if (flow == null) {
            flow = new Flow(patience);
            page[index % PAGE_FLOWS] = flow;
        }
        return flow;
    }

    private Entry entry(Packet packet, long nowNs) {
        Entry entry = free;
        if (entry == null) {
            entry = new Entry();
        } else {
            free = entry.next;
        }
        entry.packet = packet;
        entry.addedNs = nowNs;
        entry.next = null;
        return entry;
    }

    /** One packet may always wait, be it longer than the limit. */
    private boolean isOverLimit() {
        return packets > limits.maxPackets() || (bytes > limits.maxBytes() && packets > 1);
    }

    private void dropFromFattest() {
        Flow fattest = oldFlows.fattest(newFlows.fattest(null));
        Packet packet = fattest == null ? null : takeFirst(fattest);
        if (packet == null) {
            throw new IllegalStateException(packets + " packets and no flow that has them");
        }
        drop(packet, DropReason.QUEUE_OVERFLOW);
    }

    /** The path behind the queue has this least round trip; 0 if that is not known. */
    public void setPath(long roundTripNs) {
        patience.setPath(roundTripNs);
    }

    /** The next packet, now the caller's; null when none waits. */
    public @Nullable Packet poll(long nowNs) {
        while (true) {
            boolean isNew = newFlows.first() != null;
            FlowList list = isNew ? newFlows : oldFlows;
            Flow flow = list.first();
            if (flow == null) {
                return null;
            }
            if (flow.deficit <= 0) {
                flow.deficit += limits.quantumBytes();
                list.removeFirst();
                oldFlows.append(flow);
                continue;
            }
            Packet packet = dequeue(flow, nowNs);
            if (packet != null) {
                flow.deficit -= packet.length();
                return packet;
            }
            list.removeFirst();
            if (isNew && oldFlows.first() != null) {
                oldFlows.append(flow); // RFC 8290 §4.2: else it would be new again at once
            } else {
                flow.isActive = false;
            }
        }
    }

    /** The flow's next packet that CoDel lets through. */
    private @Nullable Packet dequeue(Flow flow, long nowNs) {
        while (true) {
            Entry first = flow.head;
            if (first == null) {
                flow.codel.onEmpty();
                return null;
            }
            long waitedNs = nowNs - first.addedNs;
            Packet packet = takeFirst(flow);
            if (packet != null && waitedNs > STALE_NS) {
                drop(packet, DropReason.QUEUE_DELAY);
                continue;
            }
            boolean mayDrop = flow.codel.mayDrop(waitedNs, flow.isShort(), nowNs);
            if (packet == null || !flow.codel.mustDrop(mayDrop, nowNs) || mark(packet)) {
                return packet;
            }
            drop(packet, DropReason.QUEUE_DELAY);
        }
    }

    private boolean mark(Packet packet) {
        byte[] array = packet.array();
        int offset = packet.offset();
        boolean isMarked =
                isIp
                        && IpPacket.check(array, offset, packet.length()) != IpPacket.BAD
                        && Ecn.markCe(array, offset);
        marks += isMarked ? 1 : 0;
        return isMarked;
    }

    private @Nullable Packet takeFirst(Flow flow) {
        Entry first = flow.head;
        Packet packet = first == null ? null : first.packet;
        if (first == null || packet == null) {
            return null;
        }
        flow.dropFirst(first, packet.length());
        packets--;
        bytes -= packet.length();
        first.packet = null;
        first.next = free;
        free = first;
        return packet;
    }

    private void drop(Packet packet, DropReason reason) {
        drops.count(reason);
        packet.release();
    }

    /** How many packets wait. */
    public int packets() {
        return packets;
    }

    /** How many bytes wait. */
    public long bytes() {
        return bytes;
    }

    /** How many packets were marked instead of dropped. */
    public long marks() {
        return marks;
    }

    /** Releases all that waits; not counted as drops. */
    public void clear() {
        clear(newFlows);
        clear(oldFlows);
    }

    private void clear(FlowList list) {
        for (Flow flow = list.first(); flow != null; flow = list.first()) {
            for (Packet packet = takeFirst(flow); packet != null; packet = takeFirst(flow)) {
                packet.release();
            }
            flow.codel.onEmpty();
            flow.isActive = false;
            list.removeFirst();
        }
    }
}
