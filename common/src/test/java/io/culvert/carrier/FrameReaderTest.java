package io.culvert.carrier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.culvert.bytes.Hex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455 frames, as a client reads them unless said otherwise. */
final class FrameReaderTest {
    private static final int MAX = 300;

    private final Log log = new Log();
    private final FrameReader client = new FrameReader(false, MAX, log);
    private final FrameReader server = new FrameReader(true, MAX, log);

    private static int read(FrameReader reader, String hex) {
        byte[] bytes = Hex.decode(hex);
        return reader.read(bytes, 0, bytes.length);
    }

    @ParameterizedTest(name = "{2}: {0} -> {1}")
    @CsvSource({
        "c200,        1002, RSV1 without an extension",
        "a200,        1002, RSV2",
        "9200,        1002, RSV3",
        "8300,        1002, unknown data opcode 3",
        "8700,        1002, unknown data opcode 7",
        "8b00,        1002, unknown control opcode b",
        "8f00,        1002, unknown control opcode f",
        "8100,        1003, text",
        "0100,        1003, text that would go on",
        "8000,        1002, continuation of nothing",
        "0000,        1002, continuation of nothing that would go on",
        "0201aa8200,  1002, a second start within a message",
        "0201aa8100,  1003, text within a message",
        "0900,        1002, fragmented ping",
        "0800,        1002, fragmented close",
        "0a00,        1002, fragmented pong",
        "897e,        1002, ping of 126",
        "887f,        1002, close with a 64-bit length",
        "827e007d,    1002, 125 in 16 bits",
        "827e0000,    1002, 0 in 16 bits",
        "827f000000000000ffff, 1002, 65535 in 64 bits",
        "827f8000000000000000, 1002, top bit of 64",
        "827fffffffffffffffff, 1002, all bits of 64",
        "827f7fffffffffffffff, 1009, 2^63-1 bytes",
        "827f0000000100000001, 1009, 2^32+1 bytes",
        "827e012d,    1009, one byte more than is taken",
        "0202aabb 807e012b, 1009, one more in two fragments",
        "8280,        1002, masked by a server"
    })
    void rejects(String hex, int code, String why) {
        assertEquals(code, read(client, hex), why);
        assertEquals(List.of(), log.told);
    }

    @ParameterizedTest
    @ValueSource(strings = {"8200", "827e", "8900", "8800"})
    void serverRejectsUnmaskedFrame(String hex) {
        assertEquals(CloseCode.PROTOCOL_ERROR, read(server, hex));
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({
        "8200,                      m",
        "8203 010203,               m010203",
        "8900,                      p",
        "8903 010203,               p010203",
        "8a01 01,                   o01",
        "8802 03e8,                 c03e8",
        "0201aa 8001bb,             maabb",
        "0200 8000,                 m",
        "0201aa 0000 8000,          maa",
        "0201aa 0001bb 8001cc,      maabbcc",
        "0201aa 8901ff 8001bb,      pff maabb",
        "8201aa 8201bb,             maa mbb"
    })
    void tellsWhatItReads(String hex, String expected) {
        assertEquals(0, read(client, hex));
        assertEquals(expected, String.join(" ", log.told));
    }

    @Test
    void unmasksTheExampleOfRfc6455() { // §5.7, "Hello", as binary
        assertEquals(0, read(server, "8285 37fa213d 7f9f4d5158"));
        assertEquals(List.of("m" + Hex.encode("Hello".getBytes(US_ASCII))), log.told);
    }

    @Test
    void takesTheLongestMessageInOneFrameAndInMany() {
        byte[] payload = new byte[MAX];
        Arrays.fill(payload, (byte) 7);
        String hex = Hex.encode(payload);
        assertEquals(0, read(client, "827e012c" + hex));
        assertEquals(0, read(client, "0201" + "07" + "807e012b" + hex.substring(2)));
        assertEquals(List.of("m" + hex, "m" + hex), log.told);
    }

    @Test
    void refusesTheSixtyFifthFragment() {
        StringBuilder hex = new StringBuilder("0200");
        hex.append("0000".repeat(FrameReader.MOST_FRAGMENTS - 1));
        assertEquals(0, read(client, hex.toString()));
        assertEquals(CloseCode.TOO_BIG, read(client, "8000"));
    }

    @Test
    void takesSixtyFourFragmentsAndBeginsAnew() {
        String hex = "0201aa" + "0000".repeat(FrameReader.MOST_FRAGMENTS - 2) + "8000";
        assertEquals(0, read(client, hex + hex));
        assertEquals(List.of("maa", "maa"), log.told);
    }

    @Test
    void tellsWholeMessageInPlace() {
        byte[] bytes = Hex.decode("ff 8203 010203 ff");
        assertEquals(0, client.read(bytes, 1, 5));
        assertSame(bytes, log.lastArray);
    }

    @Test
    void readsNothingMoreOnceTheSinkStops() {
        log.stopAfter = 1;
        assertEquals(0, read(client, "8201aa 8201bb c200"));
        assertEquals(List.of("maa"), log.told);
    }

    @Test
    void everySplitInTwoAndInSinglesGivesTheSame() {
        String stream =
                "8203010203 8901ff 0201aa 8a00 0000 8002bbcc 8200 827e0080" + "5a".repeat(128);
        byte[] unmasked = Hex.decode(stream);
        assertEquals(0, read(client, stream));
        List<String> whole = List.copyOf(log.told);
        assertEquals(6, whole.size());
        for (int cut = 0; cut <= unmasked.length; cut++) {
            Log cutLog = new Log();
            FrameReader reader = new FrameReader(false, MAX, cutLog);
            assertEquals(0, reader.read(unmasked, 0, cut));
            assertEquals(0, reader.read(unmasked, cut, unmasked.length - cut));
            assertEquals(whole, cutLog.told, "cut at " + cut);
        }
        Log singles = new Log();
        FrameReader reader = new FrameReader(false, MAX, singles);
        for (int i = 0; i < unmasked.length; i++) {
            assertEquals(0, reader.read(unmasked, i, 1));
        }
        assertEquals(whole, singles.told);
    }

    @Test
    void everySplitOfMaskedFramesGivesTheSame() {
        byte[] payload = new byte[41];
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) i;
        }
        byte[] frame = new byte[14 + payload.length];
        System.arraycopy(payload, 0, frame, 14, payload.length);
        FrameWriter writer = new FrameWriter(WebSocketCarrier.Role.CLIENT, new java.util.Random(7));
        int start = writer.seal(frame, 14, payload.length, Frame.BINARY);
        for (int first = start; first <= frame.length; first++) {
            for (int second = first; second <= frame.length; second++) {
                Log cutLog = new Log();
                FrameReader reader = new FrameReader(true, MAX, cutLog);
                byte[] copy = frame.clone();
                reader.read(copy, start, first - start);
                reader.read(copy, first, second - first);
                reader.read(copy, second, frame.length - second);
                assertEquals(List.of("m" + Hex.encode(payload)), cutLog.told);
            }
        }
    }

    @Test
    void everyPrefixOfAFaultyStreamIsFineUntilTheFault() {
        byte[] bytes = Hex.decode("8201aa 0201bb 8200");
        for (int cut = 0; cut < bytes.length - 2; cut++) {
            FrameReader reader = new FrameReader(false, MAX, new Log());
            assertEquals(0, reader.read(bytes, 0, cut));
            assertEquals(1002, reader.read(bytes, cut, bytes.length - cut), "cut at " + cut);
        }
    }

    @Test
    void announcedLengthAllocatesNothing() {
        FrameReader big = new FrameReader(false, 1 << 20, log);
        byte[] head = Hex.decode("827f00000000000f0000" + "00".repeat(10));
        assertEquals(0, big.read(head, 0, head.length));
        assertEquals(4096, big.capacity());
        assertArrayEquals(new byte[0], log.lastArray);
    }

    @Test
    void keepsRoomForMessagesInPartsWhileTheyCome() {
        FrameReader big = new FrameReader(false, 1 << 20, log);
        readInTwoParts(big, 60_000);
        int room = big.capacity();
        big.trim();
        assertEquals(room, big.capacity(), "one came since the last time");
        readInTwoParts(big, 16_350);
        big.trim();
        assertEquals(room, big.capacity(), "one came since the last time");
        big.trim();
        assertEquals(0, big.capacity());
        assertEquals(2, log.told.size());
    }

    @Test
    void keepsWhatItHasOfAMessageHoweverLongTheRestTakes() {
        FrameReader big = new FrameReader(false, 1 << 20, log);
        byte[] frame = Hex.decode("8204 01020304");
        assertEquals(0, big.read(frame, 0, 4));
        big.trim();
        big.trim();
        assertEquals(0, big.read(frame, 4, 2));
        assertEquals(List.of("m01020304"), log.told);
    }

    private static void readInTwoParts(FrameReader reader, int length) {
        byte[] frame = new byte[4 + length];
        frame[0] = (byte) 0x82;
        frame[1] = 126;
        frame[2] = (byte) (length >> 8);
        frame[3] = (byte) length;
        assertEquals(0, reader.read(frame, 0, frame.length - 1));
        assertEquals(0, reader.read(frame, frame.length - 1, 1));
    }

    private static final java.nio.charset.Charset US_ASCII =
            java.nio.charset.StandardCharsets.US_ASCII;

    /** Writes down what it is told. */
    private static final class Log implements FrameReader.Sink {
        final List<String> told = new ArrayList<>();
        byte[] lastArray = {};
        int stopAfter = Integer.MAX_VALUE;

        @Override
        public boolean isReading() {
            return told.size() < stopAfter;
        }

        @Override
        public void onMessage(byte[] array, int offset, int length) {
            lastArray = array;
            told.add("m" + Hex.encode(Arrays.copyOfRange(array, offset, offset + length)));
        }

        @Override
        public void onControl(int opcode, byte[] array, int length) {
            String kind = opcode == Frame.PING ? "p" : opcode == Frame.PONG ? "o" : "c";
            told.add(kind + Hex.encode(Arrays.copyOf(array, length)));
        }
    }
}
