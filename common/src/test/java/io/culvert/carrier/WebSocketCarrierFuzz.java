package io.culvert.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.culvert.carrier.WebSocketCarrier.Protocol;
import io.culvert.carrier.WebSocketCarrier.Role;
import io.culvert.stats.Drops;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A million hostile messages: honest ones that were mutated, and noise. Nothing may throw, what
 * ends a connection is counted, and neither answers nor memory grow.
 */
final class WebSocketCarrierFuzz {
    private static final int MESSAGES = 1_000_000;
    private static final int MOST_PER_CONNECTION = 50;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final long seed = Long.getLong("culvert.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Drops drops = new Drops();
    private final Told told = new Told();
    private final Counting stream = new Counting();
    private final byte[] input = new byte[70_000];

    @Test
    void nothingThrowsAndEveryEndIsCounted() {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        long violations = 0;
        int connections = 0;
        int messages = 0;
        while (messages < MESSAGES) {
            Role role = random.nextBoolean() ? Role.CLIENT : Role.SERVER;
            Protocol protocol = random.nextInt(3) == 0 ? Protocol.BARE : Protocol.CULVERT_1;
            long drop = drops.total();
            messages += connection(role, protocol);
            connections++;
            violations += told.closed && drops.total() > drop ? 1 : 0;
        }
        long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
        System.out.printf(
                "fuzz seed %d: %d messages, %d connections, %d ended by violation, %d datagrams,"
                        + " drops %s, %d bytes allocated a connection%n",
                seed,
                messages,
                connections,
                violations,
                told.datagrams,
                drops.snapshot(),
                bytes / connections);
        assertTrue(violations > connections / 8, "violations " + violations);
        assertTrue(told.datagrams > 10_000, "datagrams " + told.datagrams);
        assertTrue(bytes / connections < 120_000, "allocated " + bytes / connections);
    }

    private int connection(Role role, Protocol protocol) {
        WebSocketSettings settings =
                Rig.settings(role, protocol, WebSocketSettings.DEFAULT_MESSAGE_BYTES);
        WebSocketCarrier carrier =
                new WebSocketCarrier(settings, stream, told, drops, new Random(random.nextLong()));
        stream.closed = false;
        stream.writable = random.nextInt(4) != 0;
        told.closed = false;
        carrier.start(0);
        stream.bytes = 0;
        int messages = 0;
        while (messages < MOST_PER_CONNECTION && !stream.closed) {
            int length = message(role, messages == 0);
            feed(carrier, length);
            messages++;
        }
        assertTrue(stream.bytes <= (stream.writable ? messages + 1 : 2) * 160L, "answers grew");
        assertEquals(stream.closed, told.closed);
        carrier.onStreamClosed();
        return messages;
    }

    private void feed(WebSocketCarrier carrier, int length) {
        int at = 0;
        while (at < length) {
            int piece = random.nextInt(4) == 0 ? 1 + random.nextInt(length - at) : length - at;
            carrier.receive(input, at, piece, messagesNs());
            at += piece;
        }
    }

    private static long messagesNs() {
        return 1_000_000;
    }

    /** Puts one frame into the input: honest, mutated or noise; returns its length. */
    private int message(Role receiver, boolean first) {
        int kind = random.nextInt(40);
        if (kind == 0) {
            int length = 1 + random.nextInt(200);
            noise(0, length);
            return length;
        }
        int start = 14;
        int end = first && kind < 36 ? Capsule.putHello(input, start, Rig.HELLO) : payload(start);
        Role sender = receiver == Role.CLIENT ? Role.SERVER : Role.CLIENT;
        int opcode = random.nextInt(60) == 0 ? random.nextInt(16) : Frame.BINARY;
        int at = new FrameWriter(sender, random).seal(input, start, end - start, opcode);
        System.arraycopy(input, at, input, 0, end - at);
        int length = end - at;
        for (int i = kind < 3 ? random.nextInt(4) : 0; i > 0; i--) {
            int most = random.nextBoolean() ? Math.min(length, 20) : length;
            input[random.nextInt(most)] ^= (byte) (1 << random.nextInt(8));
        }
        return kind == 3 ? 1 + random.nextInt(length) : length;
    }

    private void noise(int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            input[i] = (byte) random.nextInt();
        }
    }

    /** Some capsules, mostly well-formed. */
    private int payload(int start) {
        int at = start;
        for (int i = random.nextInt(5); i >= 0; i--) {
            at = capsule(at);
        }
        return at;
    }

    private int capsule(int at) {
        switch (random.nextInt(8)) {
            case 0:
                return Capsule.putSequence(input, at, Capsule.PING, random.nextLong());
            case 1:
                return Capsule.putSequence(input, at, Capsule.PONG, random.nextInt(3));
            case 2:
                return Capsule.putDrain(input, at, random.nextLong() >>> (2 + random.nextInt(50)));
            default:
                int length = random.nextInt(50) == 0 ? random.nextInt(12_000) : random.nextInt(80);
                int header = Capsule.datagramHeader(length);
                noise(at + header, Math.min(length, 80));
                Capsule.putDatagramHeader(input, at + header, length, header);
                if (random.nextInt(10) == 0) {
                    input[at] = (byte) random.nextInt(64);
                }
                return at + header + length;
        }
    }

    /** A stream that counts. */
    private static final class Counting implements ByteStream {
        long bytes;
        boolean closed;
        boolean writable;

        @Override
        public boolean isWritable() {
            return writable;
        }

        @Override
        public void write(byte[] array, int offset, int length) {
            bytes += length;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** A listener that counts. */
    private static final class Told implements CarrierListener {
        long datagrams;
        boolean closed;

        @Override
        public void onOpen(Carrier carrier) {
            closed = false;
        }

        @Override
        public void onDatagram(Carrier from, byte[] array, int offset, int length) {
            assertTrue(length > 0 && offset >= 0 && offset + length <= array.length);
            datagrams++;
        }

        @Override
        public void onReadEnd(Carrier from) {
            assertTrue(!closed, "told after the end");
        }

        @Override
        public void onWritable(Carrier carrier) {
            assertTrue(!closed, "told after the end");
        }

        @Override
        public void onHello(Carrier from, Hello hello) {
            assertTrue(hello.maxMessageBytes() >= CapsuleReader.LEAST_MESSAGE_BYTES);
        }

        @Override
        public void onDrain(Carrier from, long afterMs) {
            assertTrue(afterMs >= 0 && afterMs <= 3_600_000);
        }

        @Override
        public void onClosed(Carrier carrier) {
            assertTrue(!closed, "told twice");
            closed = true;
        }
    }
}
