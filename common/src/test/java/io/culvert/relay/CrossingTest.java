package io.culvert.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.PacketPool;
import io.culvert.stats.DropReason;
import io.culvert.stats.Drops;
import io.culvert.testkit.MemoryCarrier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CrossingTest {
    private static final long MS = 1_000_000;

    private final Drops drops = new Drops();
    private final PacketPool pool = new PacketPool();
    private final List<byte[]> received = new ArrayList<>();
    private final MemoryCarrier carrier = new MemoryCarrier("gateway");
    private final Crossing crossing = crossing(RelayRule.WIREGUARD);

    private Crossing crossing(RelayRule rule) {
        return new Crossing(
                new Crossing.Shared(rule, pool, drops),
                (array, offset, length) ->
                        received.add(Arrays.copyOfRange(array, offset, offset + length)));
    }

    /** A WireGuard message of this type; {@code mark} tells it from others. */
    private static byte[] message(int type, int length, int mark) {
        byte[] datagram = new byte[length];
        datagram[0] = (byte) type;
        datagram[20] = (byte) mark;
        return datagram;
    }

    private static byte[] transport(int mark) {
        return message(4, 1452, mark);
    }

    private void send(byte[] datagram, long nowNs) {
        crossing.send(datagram, 0, datagram.length, nowNs);
    }

    private List<Integer> marks() {
        return carrier.flushed.stream().map(datagram -> (int) datagram[20]).toList();
    }

    @Test
    void passesDatagramsUnchangedBothWays() {
        crossing.connect(carrier, 0);
        byte[] there = transport(1);
        send(there, 0);
        assertEquals(0, carrier.flushed.size(), "a read's datagrams go in one message");
        crossing.flush(0);
        assertEquals(1, carrier.flushed.size());
        assertTrue(Arrays.equals(there, carrier.flushed.getFirst()));
        byte[] back = message(2, 92, 5);
        crossing.receive(back, 0, back.length);
        assertTrue(Arrays.equals(back, received.getFirst()));
        assertEquals(0, drops.total());
    }

    @Test
    void letsNothingElsePass() {
        crossing.connect(carrier, 0);
        byte[] foreign = "GET / HTTP/1.1".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        assertFalse(crossing.send(foreign, 0, foreign.length, 0));
        assertFalse(crossing.receive(foreign, 0, foreign.length));
        crossing.flush(0);
        assertTrue(carrier.flushed.isEmpty() && received.isEmpty());
        assertEquals(2, drops.of(DropReason.MALFORMED_DATAGRAM));
    }

    @Test
    void letsAnyDatagramPassWhereWanted() {
        Crossing any = crossing(RelayRule.ANY);
        any.connect(carrier, 0);
        byte[] ip = new byte[1400];
        ip[0] = 0x45; // looks like IPv4 that knows ECN: it must not be marked
        ip[1] = 2;
        carrier.isWritable = false;
        for (int i = 0; i < 500; i++) {
            any.send(ip, 0, ip.length, 0);
        }
        carrier.isWritable = true;
        carrier.room = 100;
        any.drain(50 * MS);
        carrier.room = 1000;
        any.drain(500 * MS);
        assertTrue(carrier.flushed.stream().allMatch(datagram -> Arrays.equals(ip, datagram)));
    }

    @Test
    void sendsHandshakesBeforeWhatWaits() {
        crossing.connect(carrier, 0);
        carrier.isWritable = false;
        send(transport(1), 0);
        send(transport(2), 0);
        send(message(1, 148, 3), 0);
        carrier.isWritable = true;
        send(transport(4), 0);
        crossing.flush(0);
        assertEquals(List.of(), marks(), "who comes later waits behind");
        crossing.drain(MS);
        assertEquals(List.of(3, 1, 2, 4), marks());
    }

    @Test
    void holdsWhatComesWhileThereIsNoStream() {
        send(message(1, 148, 1), 0);
        send(transport(2), 0);
        crossing.connect(carrier, 300 * MS);
        assertEquals(List.of(1, 2), marks());
        assertEquals(0, pool.leased());
    }

    @Test
    void boundsWhatItHolds() {
        for (int i = 0; i < 5000; i++) {
            send(transport(i), i * MS);
            send(message(1, 148, i), i * MS);
        }
        assertTrue(pool.leased() <= 1024 + 64, pool.leased() + " leased");
        assertEquals(10_000 - pool.leased(), drops.of(DropReason.QUEUE_OVERFLOW));
        crossing.connect(carrier, 60_000 * MS);
        int crossed = carrier.flushed.size();
        assertEquals(64, crossed, "what waited for a minute is worth nothing, handshakes apart");
        assertEquals(0, pool.leased());
    }

    @Test
    void dropsFromAStandingQueueLongBeforeItIsFull() {
        crossing.connect(carrier, 0);
        carrier.room = 0;
        long nowNs = 0;
        for (int turn = 0; turn < 2000; turn++) {
            nowNs += MS;
            send(transport(0), nowNs);
            if (turn % 10 == 0) {
                send(transport(0), nowNs); // a tenth more than can leave
            }
            carrier.room = 1;
            crossing.drain(nowNs);
        }
        assertTrue(drops.of(DropReason.QUEUE_DELAY) > 20, drops.snapshot().toString());
        assertEquals(0, drops.of(DropReason.QUEUE_OVERFLOW));
    }

    @Test
    void refusesWhatTheStreamCannotCarry() {
        carrier.maxDatagram = 1000;
        send(transport(1), 0);
        crossing.connect(carrier, 0);
        send(transport(2), 0);
        send(message(4, 1000, 3), 0);
        crossing.flush(0);
        assertEquals(List.of(3), marks());
        assertEquals(2, drops.of(DropReason.TOO_LARGE));
        assertEquals(0, pool.leased());
    }

    @Test
    void givesEverythingBackAtTheEnd() {
        send(transport(1), 0);
        send(message(1, 148, 1), 0);
        crossing.connect(carrier, 0);
        carrier.isWritable = false;
        send(transport(1), 0);
        send(message(1, 148, 1), 0);
        crossing.disconnect(new MemoryCarrier("another"));
        assertEquals(carrier, crossing.carrier());
        crossing.disconnect(carrier);
        assertNull(crossing.carrier());
        crossing.close();
        assertEquals(0, pool.leased());
    }
}
