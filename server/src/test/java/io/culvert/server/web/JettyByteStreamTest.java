package io.culvert.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.server.testkit.ManualLoop;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JettyByteStreamTest {
    private static final int FD = 7;

    private final ManualLoop loop = new ManualLoop();
    private final ByteArrayEndPoint endPoint = new ByteArrayEndPoint(new byte[0], 10);
    private final Notes notes = new Notes();
    private final JettyByteStream stream =
            new JettyByteStream(endPoint, loop, BufferUtil.allocate(64), notes);

    @Test
    void tellsWhatStoodThereBeforeItStarted() {
        endPoint.addInput("early");
        stream.start(FD);
        loop.runTasks();
        assertEquals(List.of("early"), notes.told);
    }

    @Test
    void readsUntilNothingIsLeft() {
        stream.start(FD);
        loop.runTasks();
        endPoint.addInput("x".repeat(150));
        bond().listener.onReady(true, false);
        assertEquals("x".repeat(150), String.join("", notes.told));
    }

    @Test
    void givesOthersTheirTurnBetweenManyReads() {
        stream.start(FD);
        loop.runTasks();
        endPoint.addInput("x".repeat(64 * 40));
        bond().listener.onReady(true, false);
        assertEquals(64 * 16, String.join("", notes.told).length());
        loop.runTasks();
        assertEquals(64 * 40, String.join("", notes.told).length());
    }

    @Test
    void writesAtOnceWhatFits() {
        stream.start(FD);
        write("-hello-", 1, 5);
        assertEquals("hello", endPoint.takeOutputString());
        assertTrue(stream.isWritable());
    }

    @Test
    void keepsACopyOfTheRest() {
        stream.start(FD);
        byte[] bytes = ascii("0123456789abcdef");
        stream.write(bytes, 0, bytes.length);
        Arrays.fill(bytes, (byte) '?');
        assertFalse(stream.isWritable());
        assertTrue(bond().writable);
        write("ghijklmnopqrstuv", 0, 16);
        assertEquals("0123456789", endPoint.takeOutputString());
        bond().listener.onReady(false, true);
        assertEquals("abcdefghij", endPoint.takeOutputString());
        assertFalse(stream.isWritable());
        bond().listener.onReady(false, true);
        assertEquals("klmnopqrst", endPoint.takeOutputString());
        bond().listener.onReady(false, true);
        assertEquals("uv", endPoint.takeOutputString());
        assertTrue(stream.isWritable());
        assertFalse(bond().writable);
        assertEquals(List.of("writable"), notes.told);
    }

    @Test
    void givesTheRoomForWhatWaitsBackOnceNothingDoes() {
        stream.start(FD);
        assertEquals(0, stream.backlogRoom());
        write("0123456789abc", 0, 13);
        stream.trim();
        stream.trim();
        assertTrue(stream.backlogRoom() >= 3, "some waits");
        endPoint.takeOutput();
        bond().listener.onReady(false, true);
        assertEquals("abc", endPoint.takeOutputString());
        stream.trim();
        assertEquals(0, stream.backlogRoom());
        write("0123456789def", 0, 13);
        endPoint.takeOutput();
        bond().listener.onReady(false, true);
        assertEquals("def", endPoint.takeOutputString());
        stream.trim();
        assertTrue(stream.backlogRoom() > 0, "some waited since");
    }

    @Test
    void writesTheRestBeforeItCloses() {
        stream.start(FD);
        write("0123456789abc", 0, 13);
        stream.close();
        write("ignored", 0, 7);
        loop.runTasks();
        assertEquals(List.of(), notes.told);
        assertFalse(bond().readable);
        assertEquals("0123456789", endPoint.takeOutputString());
        bond().listener.onReady(false, true);
        assertEquals("abc", endPoint.takeOutputString());
        assertEquals(List.of("closed whole"), notes.told);
        assertTrue(bond().cancelled);
    }

    @Test
    void givesUpOnAReaderThatNeverReads() {
        stream.start(FD);
        write("0123456789abc", 0, 13);
        stream.close();
        ManualLoop.ManualTimer timer = loop.timers.get(0);
        assertEquals(2_000_000_000L, timer.delayNs);
        timer.action.run();
        loop.runTasks();
        assertEquals(List.of("closed"), notes.told);
        assertFalse(endPoint.isOpen());
        assertEquals(0, timer.delayNs);
    }

    @Test
    void boundsTheBacklog() {
        stream.start(FD);
        byte[] chunk = new byte[100_000];
        for (int i = 0; i < 10; i++) {
            stream.write(chunk, 0, chunk.length);
        }
        assertTrue(endPoint.isOpen());
        stream.write(chunk, 0, chunk.length);
        assertFalse(endPoint.isOpen());
        loop.runTasks();
        assertEquals(List.of("closed"), notes.told);
    }

    @Test
    void closesOnceAndNeverWithinTheCallersCall() {
        stream.start(FD);
        stream.close();
        stream.close();
        assertEquals(List.of(), notes.told);
        loop.runTasks();
        stream.onLost();
        loop.runTasks();
        assertEquals(List.of("closed whole"), notes.told);
    }

    @Test
    void noticesThatTheOtherSideClosed() {
        stream.start(FD);
        loop.runTasks();
        endPoint.addInputEOF();
        bond().listener.onReady(true, false);
        assertTrue(bond().cancelled);
        assertFalse(endPoint.isOpen());
        loop.runTasks();
        assertEquals(List.of("closed"), notes.told);
    }

    @Test
    void stopsReadingWhenTheOwnerCloses() {
        stream.start(FD);
        loop.runTasks();
        notes.onBytes = stream::close;
        endPoint.addInput("x".repeat(200));
        bond().listener.onReady(true, false);
        loop.runTasks();
        assertEquals(List.of("x".repeat(64), "closed whole"), notes.told);
    }

    @Test
    void survivesJettyClosingBeneathIt() {
        stream.start(FD);
        loop.runTasks();
        endPoint.close();
        write("hello", 0, 5);
        loop.runTasks();
        stream.onLost();
        loop.runTasks();
        assertEquals(List.of("closed"), notes.told);
        assertTrue(bond().cancelled);
    }

    @Test
    void registersNothingAfterAWriteThatFailed() {
        endPoint.close();
        write("hello", 0, 5);
        stream.start(FD);
        loop.runTasks();
        assertEquals(List.of(), loop.bonds);
        assertEquals(List.of("closed"), notes.told);
    }

    @Test
    void goesOnWithWhatWasHeldBackBeforeItStarted() {
        write("0123456789abc", 0, 13);
        stream.start(FD);
        assertTrue(bond().writable);
        assertEquals("0123456789", endPoint.takeOutputString());
        bond().listener.onReady(false, true);
        assertEquals("abc", endPoint.takeOutputString());
    }

    @Test
    void closesAsSoonAsWhatWasHeldBackBeforeItStartedIsWritten() {
        write("0123456789abc", 0, 13);
        stream.close();
        stream.start(FD);
        assertFalse(bond().readable);
        endPoint.takeOutputString();
        bond().listener.onReady(false, true);
        assertEquals(List.of("closed whole"), notes.told);
        assertTrue(bond().cancelled);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFaultOfTlsEndsItsConnectionOnly(boolean reads) {
        EndPoint broken = new BrokenEndPoint();
        JettyByteStream other = new JettyByteStream(broken, loop, BufferUtil.allocate(64), notes);
        other.start(FD);
        if (!reads) {
            other.write(ascii("hello"), 0, 5);
        }
        loop.runTasks();
        assertEquals(List.of("closed"), notes.told);
        assertTrue(bond().cancelled);
        assertFalse(broken.isOpen());
    }

    /** As TLS does on a bug of its own. */
    private static final class BrokenEndPoint extends ByteArrayEndPoint {
        @Override
        public int fill(ByteBuffer buffer) {
            throw new IllegalStateException("for the test");
        }

        @Override
        public boolean flush(ByteBuffer... buffers) {
            throw new IllegalStateException("for the test");
        }
    }

    private ManualLoop.Bond bond() {
        return loop.bonds.get(0);
    }

    private void write(String text, int offset, int length) {
        stream.write(ascii(text), offset, length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** What the owner was told. */
    private static final class Notes implements JettyByteStream.Owner {
        final List<String> told = new ArrayList<>();
        Runnable onBytes = () -> {};

        @Override
        public void onBytes(byte[] array, int offset, int length) {
            told.add(new String(array, offset, length, StandardCharsets.US_ASCII));
            onBytes.run();
        }

        @Override
        public void onWritable() {
            told.add("writable");
        }

        @Override
        public void onClosed(boolean whole) {
            told.add(whole ? "closed whole" : "closed");
        }
    }
}
