package io.culvert.carrier;

import static io.culvert.carrier.Liveness.SECOND_NS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.Hex;
import io.culvert.carrier.WebSocketCarrier.Protocol;
import io.culvert.carrier.WebSocketCarrier.Role;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Pings of both kinds, asked and answered, through a whole carrier. */
final class HeartbeatTest {
    private final Rig rig = Rig.of(Role.SERVER, Protocol.CULVERT_1);

    private void started() {
        rig.start();
        masked("6f01 16 01 00112233445566778899aabbccddeeff 00 80010400");
        rig.recorder.take();
    }

    /** Hands the server a message as a client frames it, with a key of zeros. */
    private void masked(String capsules) {
        frame("82", Hex.decode(capsules));
    }

    private void frame(String first, byte[] payload) {
        String length = Hex.encode(new byte[] {(byte) (0x80 | payload.length)});
        rig.receive(first + length + "00000000" + Hex.encode(payload));
    }

    private void advance(long seconds) {
        long endNs = rig.nowNs + seconds * SECOND_NS;
        while (rig.nowNs < endNs) {
            long delayNs = rig.carrier.tick(rig.nowNs);
            rig.nowNs = Math.min(endNs, rig.nowNs + Math.min(delayNs, SECOND_NS));
        }
    }

    @Test
    void answersPingCapsule() {
        started();
        masked("6f0308 0102030405060708");
        assertEquals("820b" + "6f0408" + "0102030405060708", rig.written());
    }

    @Test
    void answersOnlyTheNewestOfMany() {
        started();
        masked("6f0308 0000000000000001 6f0308 0000000000000002");
        assertEquals("820b" + "6f0408" + "0000000000000002", rig.written());
    }

    @Test
    void answersWebSocketPing() {
        started();
        frame("89", Hex.decode("0102"));
        assertEquals("8a020102", rig.written());
        frame("89", new byte[0]);
        assertEquals("8a00", rig.written());
        byte[] longest = new byte[125];
        Arrays.fill(longest, (byte) 9);
        frame("89", longest);
        assertEquals("8a7d" + "09".repeat(125), rig.written());
    }

    @Test
    void answersBothKindsWithBoth() {
        started();
        rig.receive("8981 00000000 aa" + "828b 00000000 6f0308 0000000000000001");
        assertEquals("8a01aa" + "820b6f04080000000000000001", rig.written());
    }

    @Test
    void answersOnceWhileTheStreamIsFullAndTheNewestWhenItIsNot() {
        started();
        rig.pipe.writable = false;
        for (int i = 0; i < 100_000; i++) {
            frame("89", new byte[] {(byte) i});
            masked("6f0308 00000000000000" + Hex.encode(new byte[] {(byte) i}));
        }
        assertTrue(rig.pipe.size() <= 32, "grew to " + rig.pipe.size());
        rig.pipe.take();
        rig.pipe.writable = true;
        rig.carrier.onWritable();
        assertEquals("8a019f" + "820b6f0408000000000000009f", rig.written());
    }

    @Test
    void ignoresPongsThatNobodyAskedFor() {
        started();
        frame("8a", new byte[0]);
        frame("8a", new byte[8]);
        frame("8a", new byte[125]);
        masked("6f0408 0000000000000000");
        masked("6f0408 ffffffffffffffff");
        assertEquals("", rig.written());
        assertEquals(0, rig.carrier.rttNs());
        assertEquals(Map.of(), rig.dropped());
    }

    @Test
    void measuresTheRoundTripByPongCapsule() {
        started();
        advance(3);
        rig.carrier.tick(rig.nowNs);
        assertEquals("820b" + "6f0308" + "0000000000000001", rig.written());
        rig.nowNs += 40_000_000;
        masked("6f0408 0000000000000001");
        assertEquals(40_000_000, rig.carrier.rttNs());
        rig.nowNs += 40_000_000;
        masked("6f0408 0000000000000001"); // again: no sample
        assertEquals(40_000_000, rig.carrier.rttNs());
    }

    @Test
    void smoothsTheRoundTrip() {
        started();
        advance(3);
        rig.carrier.tick(rig.nowNs);
        rig.nowNs += 80_000_000;
        masked("6f0408 0000000000000001");
        rig.send(new byte[1]);
        rig.carrier.flush(rig.nowNs);
        advance(4);
        rig.pipe.take();
        long before = rig.carrier.rttNs();
        masked("6f0408 0000000000000002");
        assertTrue(rig.carrier.rttNs() > before && rig.carrier.rttNs() < SECOND_NS);
    }

    @Test
    void bareCarrierPingsByWebSocket() {
        Rig bare = Rig.of(Role.SERVER, Protocol.BARE);
        bare.start();
        bare.send(new byte[1]);
        bare.carrier.flush(bare.nowNs);
        bare.pipe.take();
        bare.carrier.tick(0);
        bare.nowNs = 3 * SECOND_NS;
        bare.carrier.tick(bare.nowNs);
        assertEquals("8908" + "0000000000000001", bare.written());
        bare.nowNs += 5_000_000;
        bare.receive("8a88 00000000 0000000000000001");
        assertEquals(5_000_000, bare.carrier.rttNs());
    }

    @Test
    void idleCarrierPingsByWebSocket() {
        started();
        advance(3);
        masked("6f0408 0000000000000001");
        advance(1);
        rig.pipe.take();
        masked("6f0408 0000000000000001");
        advance(40);
        assertEquals("8908" + "0000000000000002", rig.written().substring(0, 20));
    }

    @Test
    void lostConnectionIsClosedAndTold() {
        started();
        for (int i = 0; i < 15 && !rig.pipe.closed; i++) {
            rig.send(new byte[100]);
            rig.carrier.flush(rig.nowNs);
            advance(1);
        }
        assertTrue(rig.pipe.closed);
        assertEquals(List.of("closed"), rig.recorder.take());
        assertEquals(Long.MAX_VALUE, rig.carrier.tick(rig.nowNs));
    }

    @Test
    void aSleepDoesNotCloseTheConnection() {
        started();
        advance(5);
        rig.nowNs += 3600 * SECOND_NS;
        rig.pipe.take();
        rig.carrier.tick(rig.nowNs);
        assertTrue(rig.pipe.size() > 0, "a fresh ping");
        advance(2); // its answer is waited for 3 s
        assertEquals(List.of(), rig.recorder.take());
        advance(30);
        assertEquals(List.of("closed"), rig.recorder.take());
    }
}
