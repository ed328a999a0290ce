package io.culvert.carrier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.Hex;
import io.culvert.carrier.WebSocketCarrier.Protocol;
import io.culvert.carrier.WebSocketCarrier.Role;
import io.culvert.stats.DropReason;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A carrier and its listener; most of what is written is read off a server, which does not mask.
 */
final class WebSocketCarrierTest {
    /** The capsule that follows what was flushed, to learn when it is read. */
    private static final int PING = 11;

    private final Rig server = Rig.of(Role.SERVER, Protocol.CULVERT_1);

    private static Rig startedServer() {
        Rig rig = Rig.of(Role.SERVER, Protocol.CULVERT_1);
        rig.start();
        return rig;
    }

    @Test
    void introducesItselfOnStart() {
        server.carrier.start(0);
        assertEquals(Rig.HELLO_FRAME, server.written());
        assertEquals(List.of("open", "writable"), server.recorder.take());
    }

    @Test
    void startsOnlyOnce() {
        server.carrier.start(0);
        server.carrier.start(0);
        assertEquals(Rig.HELLO_FRAME, server.written());
        assertEquals(2, server.recorder.take().size());
    }

    @Test
    void bareCarrierSaysNothingOnStart() {
        Rig bare = Rig.of(Role.SERVER, Protocol.BARE);
        bare.carrier.start(0);
        assertEquals("", bare.written());
        assertEquals(List.of("open", "writable"), bare.recorder.take());
    }

    @Test
    void doesNotPromiseWritabilityWhileTheStreamIsFull() {
        server.pipe.writable = false;
        server.carrier.start(0);
        assertEquals(List.of("open"), server.recorder.take());
        assertFalse(server.carrier.isWritable());
        server.pipe.writable = true;
        server.carrier.onWritable();
        assertEquals(List.of("writable"), server.recorder.take());
        assertTrue(server.carrier.isWritable());
    }

    @Test
    void gathersDatagramsInOneMessage() {
        Rig rig = startedServer();
        rig.send(new byte[] {1, 2});
        rig.send(new byte[] {3});
        assertEquals("", rig.written());
        rig.carrier.flush(rig.nowNs);
        assertEquals("8209" + "0040020102" + "00400103", rig.written());
        rig.carrier.flush(rig.nowNs);
        assertEquals("", rig.written());
    }

    @Test
    void bareCarrierWritesOneFrameADatagramAndAllAtOnce() {
        Rig rig = Rig.of(Role.SERVER, Protocol.BARE);
        rig.start();
        rig.carrier.reserve(1000);
        rig.carrier.commit(1);
        rig.send(new byte[] {3});
        rig.send(new byte[126]);
        rig.carrier.flush(rig.nowNs);
        assertEquals("820100" + "820103" + "827e007e" + "00".repeat(126), rig.written());
        assertEquals(1, rig.pipe.writes);
    }

    @Test
    void bareCarrierMovesShortDatagramBehindItsShorterHeader() {
        Rig rig = Rig.of(Role.CLIENT, Protocol.BARE);
        rig.start();
        int offset = rig.carrier.reserve(65_535);
        rig.carrier.array()[offset] = 0x77;
        rig.carrier.commit(1);
        rig.carrier.flush(rig.nowNs);
        byte[] frame = rig.pipe.take();
        assertEquals("8281", Hex.encode(new byte[] {frame[0], frame[1]}));
        assertEquals(0x77, frame[6] ^ frame[2]);
        assertEquals(7, frame.length);
    }

    @Test
    void forgetsDatagramOfLengthZero() {
        Rig rig = startedServer();
        rig.carrier.reserve(100);
        rig.carrier.commit(0);
        rig.carrier.flush(rig.nowNs);
        assertEquals("", rig.written());
        assertEquals(Map.of(), rig.dropped());
    }

    @Test
    void fillsFramesUpToTheLimitAndNotBeyond() {
        Rig rig = startedServer();
        for (int i = 0; i < 100; i++) {
            rig.send(new byte[1452]);
        }
        rig.carrier.flush(rig.nowNs);
        byte[] written = rig.pipe.take();
        assertEquals(11 * (1452 + 3) + 4, 4 + ((written[2] & 0xff) << 8 | (written[3] & 0xff)));
        assertEquals(100 * (1452 + 3) + 10 * 4 + PING, written.length);
        assertEquals(10, rig.pipe.writes);
    }

    @Test
    void fillsOneFrameToTheLastByte() {
        Rig rig = Rig.of(Role.CLIENT, Protocol.CULVERT_1);
        rig.start();
        int room = WebSocketSettings.DEFAULT_MESSAGE_BYTES - 8;
        rig.send(new byte[10_000]);
        rig.send(new byte[room - 10_003 - 3]);
        assertEquals(0, rig.pipe.size());
        rig.carrier.flush(rig.nowNs);
        assertEquals(WebSocketSettings.DEFAULT_MESSAGE_BYTES + 6 + PING, rig.pipe.take().length);
        rig.send(new byte[10_000]);
        rig.send(new byte[room - 10_003 - 2]);
        assertEquals(10_003 + 8, rig.pipe.take().length);
    }

    @Test
    void sendsSuperPacketsOnlyAsLongAsTheOtherSideTakes() {
        Rig rig = Rig.startedClient();
        assertEquals(16_350 - 14 - 3, rig.carrier.maxDatagram());
        rig.receive(Rig.HELLO_FRAME);
        assertEquals(66_560 - 5, rig.carrier.maxDatagram());
        rig.send(new byte[] {1});
        rig.send(new byte[66_555]);
        assertEquals(6 + 4, rig.pipe.take().length);
        rig.send(new byte[] {1});
        assertEquals(14 + 66_560, rig.pipe.take().length);
        rig.carrier.flush(rig.nowNs);
        assertEquals(6 + 4 + PING, rig.pipe.take().length);
        assertThrows(IllegalStateException.class, () -> rig.carrier.reserve(66_556));
    }

    @Test
    void keepsToTheLimitOfASmallReceiver() {
        Rig rig = Rig.startedClient();
        rig.receive("8217 6f01 14 01 00112233445566778899aabbccddeeff 00 5000");
        assertEquals(4096 - 3, rig.carrier.maxDatagram());
        for (int i = 0; i < 9; i++) {
            rig.send(new byte[1000]);
        }
        rig.carrier.flush(rig.nowNs);
        assertEquals(9 * 1003 + 3 * 8 + PING, rig.pipe.take().length);
    }

    @Test
    void tellsDatagramsThenReadEnd() {
        Rig rig = Rig.greetedClient();
        rig.receive("8208 0001aa 6f0500 0000");
        assertEquals(List.of("datagram aa", "read end"), rig.recorder.events);
        assertEquals(Map.of(DropReason.BAD_CAPSULE, 1L), rig.dropped());
    }

    @Test
    void dropsAndCountsDatagramsBeforeHello() {
        Rig rig = Rig.startedClient();
        rig.receive("8203 0001aa");
        rig.receive(Rig.HELLO_FRAME);
        rig.receive("8203 0001bb");
        List<String> told = rig.recorder.take();
        assertEquals(List.of("hello " + Rig.HELLO, "datagram bb"), told);
        assertEquals(Map.of(DropReason.BAD_CAPSULE, 1L), rig.dropped());
    }

    @ParameterizedTest
    @CsvSource({"0, 0, false", "1, 0, false", "0, 1, false", "1, 1, true", "3, 5, true"})
    void takesSuperPacketsWhereBothSaidSo(long ours, long theirs, boolean expected) {
        int longest = WebSocketCarrier.LARGEST_MESSAGE_BYTES;
        Hello hello = new Hello(1, Rig.INSTANCE, ours, longest);
        Rig rig = new Rig(Rig.settings(Role.CLIENT, Protocol.CULVERT_1, 16_350, hello), 1);
        rig.start();
        assertFalse(rig.carrier.takesSuperPackets(), "they have said nothing yet");
        rig.receive(Rig.HELLO_FRAME.replaceFirst("0080010400$", "0" + theirs + "80010400"));
        assertEquals(expected, rig.carrier.takesSuperPackets());
    }

    @ParameterizedTest(name = "{0} -> close {1}, {2}")
    @CsvSource({
        "c200, 03ea, BAD_FRAME",
        "8100, 03eb, BAD_FRAME",
        "827f0000000100000000, 03f1, BAD_FRAME",
        "880103, 03ea, BAD_FRAME",
        "880203e7, 03ea, BAD_FRAME",
        "880203ec, 03ea, BAD_FRAME",
        "880203ee, 03ea, BAD_FRAME",
        "88020bb7, 03ea, BAD_FRAME",
        "88021388, 03ea, BAD_FRAME",
        "820140, 03ea, BAD_CAPSULE",
        "82030002aa, 03ea, BAD_CAPSULE"
    })
    void closesOnceOnViolation(String hex, String code, DropReason reason) {
        Rig rig = Rig.startedBareClient();
        Rig capsules = Rig.greetedClient();
        Rig victim = reason == DropReason.BAD_CAPSULE ? capsules : rig;
        victim.receive(hex);
        assertTrue(victim.pipe.closed);
        assertEquals("8882" + code, unmasked(victim.pipe.take()));
        assertEquals(List.of("closed"), victim.recorder.take());
        assertEquals(Map.of(reason, 1L), victim.dropped());
        victim.receive(hex);
        victim.carrier.onStreamClosed();
        assertEquals("", victim.written());
        assertEquals(List.of(), victim.recorder.take());
    }

    @ParameterizedTest
    @CsvSource({"8800, 03e8", "880203e8, 03e8", "880203e9, 03e9", "8805 0fa0 414243, 0fa0"})
    void echoesClose(String hex, String code) {
        Rig rig = Rig.startedClient();
        rig.receive(hex);
        assertEquals("8882" + code, unmasked(rig.pipe.take()));
        assertTrue(rig.pipe.closed);
        assertEquals(List.of("closed"), rig.recorder.take());
        assertEquals(Map.of(), rig.dropped());
    }

    @Test
    void secondHelloEndsTheConnection() {
        Rig rig = Rig.greetedClient();
        rig.receive(Rig.HELLO_FRAME);
        assertEquals(List.of("closed"), rig.recorder.take());
        assertEquals(Map.of(DropReason.BAD_CAPSULE, 1L), rig.dropped());
    }

    @Test
    void tellsWhatCameBeforeTheViolationAndThenCloses() {
        Rig rig = Rig.greetedClient();
        rig.receive("8203 0001aa 8100 8203 0001bb");
        assertEquals(List.of("datagram aa", "read end", "closed"), rig.recorder.events);
    }

    @Test
    void tellsDrain() {
        Rig rig = Rig.greetedClient();
        rig.receive("8205 6f02 02 45dc");
        assertEquals(List.of("drain 1500"), rig.recorder.take());
        assertTrue(rig.carrier.isWritable());
    }

    @Test
    void drainsAndThenSaysGoingAway() {
        Rig rig = startedServer();
        rig.carrier.drain(1500);
        assertEquals("8205" + "6f020245dc", rig.written());
        rig.carrier.close();
        assertEquals("880203e9", rig.written());
    }

    @Test
    void bareCarrierDrainsWithoutWords() {
        Rig rig = Rig.of(Role.SERVER, Protocol.BARE);
        rig.start();
        rig.carrier.drain(1500);
        assertEquals("", rig.written());
        rig.carrier.close();
        assertEquals("880203e9", rig.written());
    }

    @Test
    void closesAfterWhatWasGatheredAndTellsWhenTheStreamIsClosed() {
        Rig rig = startedServer();
        rig.send(new byte[] {9});
        rig.carrier.close();
        assertEquals("820400400109" + "880203e8", rig.written());
        assertTrue(rig.pipe.closed);
        assertEquals(List.of(), rig.recorder.take());
        rig.carrier.close();
        assertEquals("", rig.written());
        rig.carrier.onStreamClosed();
        rig.carrier.onStreamClosed();
        assertEquals(List.of("closed"), rig.recorder.take());
        assertFalse(rig.carrier.isWritable());
        assertEquals(CarrierInfo.State.DOWN, rig.carrier.info().state());
    }

    @Test
    void countsWhatIsSentAfterTheEnd() {
        Rig rig = startedServer();
        rig.send(new byte[] {1});
        rig.send(new byte[] {2});
        rig.carrier.onStreamClosed();
        rig.carrier.flush(rig.nowNs);
        rig.send(new byte[] {3});
        rig.carrier.flush(rig.nowNs);
        assertEquals("", rig.written());
        assertEquals(Map.of(DropReason.SEND_FAILED, 3L), rig.dropped());
        assertEquals(Long.MAX_VALUE, rig.carrier.tick(1));
    }

    @Test
    void dropsDatagramsWhenTheyArePushedIntoAFullStream() {
        Rig rig = startedServer();
        rig.pipe.writable = false;
        for (int i = 0; i < 1000; i++) {
            rig.send(new byte[1000]);
            rig.carrier.flush(rig.nowNs);
        }
        assertTrue(rig.pipe.size() < 264_000, "grew to " + rig.pipe.size());
        assertTrue(rig.drops.of(DropReason.SEND_FAILED) > 700);
        rig.pipe.writable = true;
        rig.carrier.onWritable();
        rig.pipe.take();
        rig.send(new byte[1000]);
        rig.carrier.flush(rig.nowNs);
        assertEquals(1007, rig.pipe.take().length);
    }

    @Test
    void closedBeforeStartNeverOpens() {
        server.carrier.close();
        server.carrier.start(0);
        assertTrue(server.pipe.closed);
        assertEquals("", server.written());
        assertEquals(List.of(), server.recorder.take());
        assertEquals(Long.MAX_VALUE, server.carrier.tick(0));
    }

    @Test
    void reserveBeforeStartIsABug() {
        assertThrows(IllegalStateException.class, () -> server.carrier.reserve(10));
    }

    @Test
    void refusesLimitsOutsideTheProtocol() {
        Role role = Role.CLIENT;
        Protocol protocol = Protocol.CULVERT_1;
        assertThrows(IllegalArgumentException.class, () -> Rig.settings(role, protocol, 16_385));
        assertThrows(IllegalArgumentException.class, () -> Rig.settings(role, protocol, 1499));
        Hello small = new Hello(1, Rig.INSTANCE, 0, 4095);
        assertThrows(
                IllegalArgumentException.class, () -> Rig.settings(role, protocol, 16_350, small));
    }

    @Test
    void saysWhatItIs() {
        server.carrier.start(0);
        CarrierInfo info = server.carrier.info();
        assertEquals("wss", info.kind());
        assertNull(info.url());
        assertEquals("127.0.0.1:443", info.remote());
        assertEquals(CarrierInfo.State.UP, info.state());
        assertArrayEquals(new byte[] {127, 0, 0, 1, 1, (byte) 0xbb}, server.carrier.source());
        assertEquals("culvert.1", Protocol.CULVERT_1.subprotocol());
        assertNull(Protocol.BARE.subprotocol());
    }

    @Test
    void bareCarrierCountsEmptyMessage() {
        Rig rig = Rig.startedBareClient();
        rig.receive("8200 8201aa");
        assertEquals(List.of("datagram aa"), rig.recorder.take());
        assertEquals(Map.of(DropReason.MALFORMED_DATAGRAM, 1L), rig.dropped());
    }

    private static String unmasked(byte[] frame) {
        for (int i = 6; i < frame.length; i++) {
            frame[i] ^= frame[2 + ((i - 6) & 3)];
        }
        return Hex.encode(frame).substring(0, 4) + Hex.encode(frame).substring(12);
    }
}
