package io.culvert.pump;

import io.culvert.carrier.Carrier;
import io.culvert.stats.DropReason;
import io.culvert.stats.Drops;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Datagrams that the engine sends of itself, waiting for their carrier: handshake messages,
 * keepalives, packets that had waited for a key. They go before queued packets and are never
 * dropped for delay. Bounded per carrier and in all. Confined to the loop.
 */
final class Outbox {
    /** More than the engine stages for one peer, with its handshake messages. */
    private static final int WAITING_PER_CARRIER = 192;

    private static final int CARRIERS = 65_536;

    /** Of all carriers together. */
    private static final long MOST_BYTES = 32 << 20;

    private final Map<Carrier, ArrayDeque<Waiting>> waiting = new LinkedHashMap<>();
    private final Drops drops;
    private long bytes;

    /** A datagram, and what its outer header is to say. */
    private static final class Waiting {
        final byte[] datagram;
        final int trafficClass;

        Waiting(byte[] datagram, int trafficClass) {
            this.datagram = datagram;
            this.trafficClass = trafficClass;
        }
    }

    Outbox(Drops drops) {
        this.drops = drops;
    }

    /** Takes the datagram; the oldest of its carrier gives way when too many wait. */
    void add(Carrier to, byte[] datagram, int trafficClass) {
        ArrayDeque<Waiting> queue = waiting.get(to);
        if (queue == null) {
            if (waiting.size() >= CARRIERS || bytes > MOST_BYTES) {
                drops.count(DropReason.QUEUE_OVERFLOW);
                return;
            }
            queue = new ArrayDeque<>();
            waiting.put(to, queue);
        }
        if (queue.size() == WAITING_PER_CARRIER) {
            bytes -= queue.removeFirst().datagram.length;
            drops.count(DropReason.QUEUE_OVERFLOW);
        }
        queue.addLast(new Waiting(datagram, trafficClass));
        bytes += datagram.length;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Hands over what the carriers take now. */
    void flush(long nowNs) {
        Iterator<Map.Entry<Carrier, ArrayDeque<Waiting>>> all = waiting.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<Carrier, ArrayDeque<Waiting>> entry = all.next();
            flush(entry.getKey(), entry.getValue(), nowNs);
            if (entry.getValue().isEmpty()) {
                all.remove();
            }
        }
    }

    private void flush(Carrier carrier, ArrayDeque<Waiting> queue, long nowNs) {
        while (carrier.isWritable()) {
            Waiting next = queue.pollFirst();
            if (next == null) {
                break;
            }
            byte[] datagram = next.datagram;
            bytes -= datagram.length;
            if (datagram.length > carrier.maxDatagram()) {
                drops.count(DropReason.TOO_LARGE);
                continue;
            }
            int offset = carrier.reserve(datagram.length);
            System.arraycopy(datagram, 0, carrier.array(), offset, datagram.length);
            carrier.commit(datagram.length, next.trafficClass);
        }
        carrier.flush(nowNs);
    }

    /** Forgets what waits for a carrier that is gone. */
    void forget(Carrier carrier) {
        ArrayDeque<Waiting> queue = waiting.remove(carrier);
        if (queue != null) {
            for (Waiting each : queue) {
                bytes -= each.datagram.length;
                drops.count(DropReason.NO_CARRIER);
            }
        }
    }
}
