package io.culvert.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.culvert.carrier.WebSocketCarrier.Protocol;
import io.culvert.carrier.WebSocketCarrier.Role;
import io.culvert.stats.Drops;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** One long stream of all there is, cut everywhere, and what reading it costs. */
final class StreamSplitTest {
    private final FrameWriter client = new FrameWriter(Role.CLIENT, new Random(21));
    private final ByteArrayOutputStream stream = new ByteArrayOutputStream();
    private final byte[] array = new byte[2000];

    private void frame(int first, int end) {
        int start = client.seal(array, 14, end - 14, first & Frame.OPCODE);
        array[start] = (byte) first;
        stream.write(array, start, end - start);
    }

    private int datagram(int at, int length) {
        Arrays.fill(array, at + 3, at + 3 + length, (byte) length);
        Capsule.putDatagramHeader(array, at + 3, length, 3);
        return at + 3 + length;
    }

    /** HELLO, datagrams whole and in fragments with a ping between, PING, DRAIN, a violation. */
    private byte[] everything() {
        frame(0x82, datagram(Capsule.putHello(array, 14, Rig.HELLO), 5));
        frame(0x82, datagram(datagram(14, 148), 32));
        frame(0x02, datagram(14, 20));
        array[14] = 7;
        frame(0x89, 15);
        frame(0x00, 14);
        frame(0x80, datagram(14, 7));
        frame(0x82, Capsule.putSequence(array, 14, Capsule.PING, 77));
        frame(0x82, datagram(Capsule.putDrain(array, 14, 9000), 1));
        frame(0x82, Capsule.putHello(array, 14, Rig.HELLO));
        return stream.toByteArray();
    }

    private static Rig read(byte[] bytes, int... cuts) {
        Rig rig = Rig.of(Role.SERVER, Protocol.CULVERT_1);
        rig.start();
        int from = 0;
        for (int cut : cuts) {
            rig.carrier.receive(bytes, from, cut - from, 0);
            from = cut;
        }
        rig.carrier.receive(bytes, from, bytes.length - from, 0);
        return rig;
    }

    @Test
    void everyPairOfCutsTellsTheSame() {
        byte[] bytes = everything();
        Rig whole = read(bytes.clone());
        List<String> told = whole.recorder.take();
        assertEquals(9, told.size(), told.toString());
        assertEquals("closed", told.getLast());
        for (int first = 0; first <= bytes.length; first++) {
            for (int second = first; second <= bytes.length; second += 1 + second % 3) {
                Rig rig = read(bytes.clone(), first, second);
                assertEquals(told, rig.recorder.take(), first + " and " + second);
                assertEquals(whole.dropped(), rig.dropped());
            }
        }
    }

    @Test
    void singleBytesTellTheSame() {
        byte[] bytes = everything();
        int[] cuts = new int[bytes.length];
        Arrays.setAll(cuts, i -> i);
        assertEquals(read(bytes.clone()).recorder.take(), read(bytes, cuts).recorder.take());
    }

    @Test
    void sendingAndReadingHardlyAllocate() {
        Loop loop = new Loop(new Drops());
        loop.run(2000);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        loop.run(20_000);
        long perMessage = (threads.getCurrentThreadAllocatedBytes() - before) / 20_000;
        System.out.println("note " + perMessage + " bytes allocated a message of 11 datagrams");
        assertTrue(perMessage < 256, perMessage + " bytes a message");
        assertEquals(22_000 * 11, loop.datagrams);
    }

    /** Two carriers where a write of the one is a read of the other. */
    private static final class Loop implements CarrierListener {
        final WebSocketCarrier sender;
        final WebSocketCarrier receiver;
        long datagrams;

        Loop(Drops drops) {
            var up = Rig.settings(Role.CLIENT, Protocol.CULVERT_1, 16_350);
            var down = Rig.settings(Role.SERVER, Protocol.CULVERT_1, 16_350);
            receiver = new WebSocketCarrier(down, new Pipe(), this, drops, new Random(1));
            sender = new WebSocketCarrier(up, new Shortcut(receiver), this, drops, new Random(2));
            receiver.start(0);
            sender.start(0);
        }

        void run(int messages) {
            for (int i = 0; i < messages; i++) {
                for (int k = 0; k < 11; k++) {
                    sender.reserve(1452);
                    sender.commit(1452);
                }
                sender.flush(0);
            }
        }

        @Override
        public void onDatagram(Carrier from, byte[] array, int offset, int length) {
            datagrams++;
        }

        @Override
        public void onOpen(Carrier carrier) {}

        @Override
        public void onReadEnd(Carrier from) {}

        @Override
        public void onWritable(Carrier carrier) {}

        @Override
        public void onHello(Carrier from, Hello hello) {}

        @Override
        public void onDrain(Carrier from, long afterMs) {}

        @Override
        public void onClosed(Carrier carrier) {
            throw new AssertionError("closed");
        }
    }

    /** A stream as short as can be. */
    private record Shortcut(WebSocketCarrier receiver) implements ByteStream {
        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void write(byte[] array, int offset, int length) {
            receiver.receive(array, offset, length, 0);
        }

        @Override
        public void close() {
            throw new AssertionError("closed");
        }
    }
}
