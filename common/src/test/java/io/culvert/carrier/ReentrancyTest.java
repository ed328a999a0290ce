package io.culvert.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.carrier.WebSocketCarrier.Protocol;
import io.culvert.carrier.WebSocketCarrier.Role;
import io.culvert.stats.DropReason;
import io.culvert.stats.Drops;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that end within a call, and listeners that act within what they are told. */
final class ReentrancyTest {
    private final Drops drops = new Drops();
    private final List<String> told = new ArrayList<>();
    private int failingWrite = Integer.MAX_VALUE;
    private int writes;
    private boolean writable = true;
    private boolean turning;
    private Consumer<Carrier> onOpen = carrier -> {};
    private Consumer<Carrier> onDatagram = carrier -> {};
    private Consumer<Carrier> onReadEnd = carrier -> {};
    private Consumer<Carrier> onHello = carrier -> {};
    private final WebSocketCarrier carrier;

    ReentrancyTest() {
        WebSocketSettings settings = Rig.settings(Role.CLIENT, Protocol.CULVERT_1, 16_350);
        this.carrier =
                new WebSocketCarrier(settings, new Frail(), new Active(), drops, new Random(1));
    }

    private void receive(String hex) {
        byte[] bytes = io.culvert.bytes.Hex.decode(hex);
        carrier.receive(bytes, 0, bytes.length, 0);
    }

    private static void send(Carrier carrier) {
        carrier.reserve(9);
        carrier.commit(9);
        carrier.flush(0);
    }

    @Test
    void closeWithinOnOpenEndsWithoutMore() {
        onOpen = Carrier::close;
        carrier.start(0);
        assertEquals(List.of("open", "closed"), told);
        assertEquals(2, writes, "HELLO and the close frame");
    }

    @Test
    void closeWithinOnDatagramStopsTheRead() {
        onDatagram = Carrier::close;
        carrier.start(0);
        receive(Rig.HELLO_FRAME + "8203 0001aa 8203 0001bb");
        receive("8203 0001cc");
        assertEquals(List.of("open", "writable", "hello", "datagram", "closed"), told);
    }

    @Test
    void closeWithinOnHelloStopsTheMessage() {
        onHello = Carrier::close;
        carrier.start(0);
        receive("821c 6f01 16 01 00112233445566778899aabbccddeeff 00 80010400 0001aa");
        assertEquals(List.of("open", "writable", "hello", "closed"), told);
    }

    @Test
    void closeWithinOnReadEndIsToldOnce() {
        onReadEnd = Carrier::close;
        carrier.start(0);
        receive("8900 8800");
        assertEquals(List.of("open", "writable", "read end", "closed"), told);
    }

    @Test
    void sendsWithinOnDatagram() {
        onDatagram = ReentrancyTest::send;
        carrier.start(0);
        receive(Rig.HELLO_FRAME + "8203 0001aa 8203 0001bb");
        assertEquals(3, writes);
        assertEquals(0, drops.total());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void streamThatEndsWithinAWriteIsToldOnce(int write) {
        failingWrite = write;
        onOpen = ReentrancyTest::send;
        onDatagram = ReentrancyTest::send;
        carrier.start(0);
        receive(Rig.HELLO_FRAME + "8203 0001aa 8901ff 820b 6f0308 0000000000000001");
        carrier.drain(5);
        send(carrier);
        carrier.close();
        carrier.onWritable();
        carrier.tick(Long.MAX_VALUE / 2);
        assertEquals(1, told.stream().filter("closed"::equals).count(), told.toString());
        assertEquals("closed", told.getLast(), told.toString());
        assertTrue(carrier.tick(1) == Long.MAX_VALUE);
    }

    @Test
    void datagramsGatheredAtTheEndAreCounted() {
        carrier.start(0);
        carrier.reserve(9);
        carrier.commit(9);
        carrier.onStreamClosed();
        carrier.flush(0);
        carrier.flush(0);
        assertEquals(1, drops.of(DropReason.SEND_FAILED));
        assertEquals(List.of("open", "writable", "closed"), told);
    }

    @Test
    void deadStreamIsToldOnceThoughItsCloseTellsToo() {
        carrier.start(0);
        long nowNs = 0;
        for (int i = 0; i < 40; i++) {
            nowNs += Liveness.SECOND_NS;
            carrier.tick(nowNs);
        }
        assertEquals(List.of("open", "writable", "closed"), told);
    }

    @Test
    void writabilityThatTurnsWithinAWriteIsToldAfterIt() {
        carrier.start(0);
        told.clear();
        writable = false;
        turning = true;
        receive("8901ff"); // answered once though the stream is full
        assertEquals(List.of("read", "written", "writable"), told);
        told.clear();
        send(carrier); // was writable all along: nothing to tell
        assertEquals(List.of("written"), told);
    }

    /** A stream that closes when asked, or within one of its writes, and says so at once. */
    private final class Frail implements ByteStream {
        @Override
        public boolean isWritable() {
            return writable;
        }

        @Override
        public void write(byte[] array, int offset, int length) {
            if (++writes == failingWrite) {
                carrier.onStreamClosed();
            }
            if (turning) {
                writable = true;
                carrier.onWritable();
                told.add("written");
            }
        }

        @Override
        public void close() {
            carrier.onStreamClosed();
        }
    }

    /** A listener that does what the test wants. */
    private final class Active implements CarrierListener {
        @Override
        public void onOpen(Carrier from) {
            told.add("open");
            onOpen.accept(from);
        }

        @Override
        public void onDatagram(Carrier from, byte[] array, int offset, int length) {
            told.add("datagram");
            onDatagram.accept(from);
        }

        @Override
        public void onReadEnd(Carrier from) {
            if (told.size() == 2) {
                told.add("read end");
            } else if (turning) {
                told.add("read");
            }
            onReadEnd.accept(from);
        }

        @Override
        public void onWritable(Carrier from) {
            told.add("writable");
        }

        @Override
        public void onHello(Carrier from, Hello hello) {
            told.add("hello");
            onHello.accept(from);
        }

        @Override
        public void onDrain(Carrier from, long afterMs) {
            told.add("drain");
        }

        @Override
        public void onClosed(Carrier from) {
            told.add("closed");
        }
    }
}
