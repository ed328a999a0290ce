package io.culvert.pump;

import io.culvert.carrier.Carrier;
import io.culvert.stats.DropReason;
import io.culvert.stats.Drops;
import java.util.ArrayDeque;
import java.util.Arrays;
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

    private final Map<Carrier, ArrayDeque<byte[]>> waiting = new LinkedHashMap<>();
    private final Drops drops;
    private long bytes;

    Outbox(Drops drops) {
        this.drops = drops;
    }

    /** Takes a copy of the datagram; the oldest of its carrier gives way when too many wait. */
    void add(Carrier to, byte[] array, int offset, int length) {
        ArrayDeque<byte[]> queue = waiting.get(to);
        if (queue == null) {
            if (waiting.size() >= CARRIERS || bytes > MOST_BYTES) {
                drops.count(DropReason.QUEUE_OVERFLOW);
                return;
            }
            queue = new ArrayDeque<>();
            waiting.put(to, queue);
        }
        if (queue.size() == WAITING_PER_CARRIER) {
            bytes -= queue.removeFirst().length;
            drops.count(DropReason.QUEUE_OVERFLOW);
        }
        queue.addLast(Arrays.copyOfRange(array, offset, offset + length));
        bytes += length;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Hands over what the carriers take now. */
    void flush() {
        Iterator<Map.Entry<Carrier, ArrayDeque<byte[]>>> all = waiting.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<Carrier, ArrayDeque<byte[]>> entry = all.next();
            flush(entry.getKey(), entry.getValue());
            if (entry.getValue().isEmpty()) {
                all.remove();
            }
        }
    }

    private void flush(Carrier carrier, ArrayDeque<byte[]> queue) {
        while (carrier.isWritable()) {
            byte[] datagram = queue.pollFirst();
            if (datagram == null) {
                break;
            }
            bytes -= datagram.length;
            if (datagram.length > carrier.maxDatagram()) {
                drops.count(DropReason.TOO_LARGE);
                continue;
            }
            int offset = carrier.reserve(datagram.length);
            System.arraycopy(datagram, 0, carrier.array(), offset, datagram.length);
            carrier.commit(datagram.length);
        }
        carrier.flush();
    }

    /** Forgets what waits for a carrier that is gone. */
    void forget(Carrier carrier) {
        ArrayDeque<byte[]> queue = waiting.remove(carrier);
        if (queue != null) {
            for (byte[] datagram : queue) {
                bytes -= datagram.length;
                drops.count(DropReason.NO_CARRIER);
            }
        }
    }
}
