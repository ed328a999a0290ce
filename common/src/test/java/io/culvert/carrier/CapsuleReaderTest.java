package io.culvert.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.Hex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The capsules of culvert.1, one message at a time. */
final class CapsuleReaderTest {
    private static final String ID = "00112233445566778899aabbccddeeff";
    private static final String HELLO = "6f01 16 01" + ID + "00 80010400";

    private final Log log = new Log();
    private final CapsuleReader reader = new CapsuleReader(log);

    private boolean read(String hex) {
        byte[] bytes = Hex.decode("ee" + hex + "ee"); // what stands around is not the message's
        return reader.read(bytes, 1, bytes.length - 2);
    }

    @ParameterizedTest(name = "{1}: {0}")
    @CsvSource({
        "40,                    type cut",
        "00,                    no length",
        "0040,                  length cut",
        "0001,                  value missing",
        "0002aa,                value cut",
        "00c000000040000000,    length beyond 2^30",
        "00ffffffffffffffff,    length 2^62-1",
        "ff,                    type of eight bytes cut",
        "ffffffffffffffff05aa,  unknown type cut",
        "6f0300,                PING empty",
        "6f030700000000000000,  PING of seven bytes",
        "6f0400,                PONG empty",
        "6f0200,                DRAIN empty",
        "6f020140,              DRAIN cut",
        "6f0100,                HELLO empty",
        "6f010101,              HELLO without an instance",
        "6f0110 01" + "00112233445566778899aabbccddee, HELLO with a short instance",
        "6f0111 01" + ID + ",   HELLO without features",
        "6f0112 01" + ID + "00, HELLO without a limit",
        "6f0116 00" + ID + "00 80010400, HELLO of version 0",
        "6f0114 01" + ID + "00 4fff, HELLO whose limit is 4095",
        "6f0114 01" + ID + "40 7fff, HELLO whose features swallow half of the limit"
    })
    void rejects(String hex, String why) {
        assertFalse(read(hex), why);
        assertEquals(List.of(), log.told);
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({
        "'',                        ''",
        "0001aa,                    aa",
        "00 4002 aabb,              aabb",
        "00 80000002 aabb,          aabb",
        "00 c000000000000002 aabb,  aabb",
        "4000 01 aa,                aa",
        "0001aa 0001bb,             aa bb",
        "0000,                      stray",
        "6f05 03 000000 0001aa,     aa",
        "05 03 000000 0001aa,       aa",
        "ffffffffffffffff 01 00 0001aa, aa",
        "6f0308 0000000000000007,   ping7",
        "6f0408 ffffffffffffffff,   pong-1",
        "6f0309 0000000000000007ff, ping7",
        "6f0201 05,                 drain5",
        "6f0203 4500ff,             drain1280",
        "6f0208 ffffffffffffffff,   drain3600000"
    })
    void tellsWhatItReads(String hex, String expected) {
        assertTrue(read(HELLO));
        log.told.clear();
        assertTrue(read(hex));
        assertEquals(expected, String.join(" ", log.told));
    }

    @Test
    void tellsWhatStoodBeforeTheFault() {
        assertTrue(read(HELLO));
        assertFalse(read("0001aa 0002bb"));
        assertEquals("aa", log.told.getLast());
    }

    @Test
    void dropsDatagramsBeforeHello() {
        assertTrue(read("0001aa" + HELLO + "0001bb"));
        assertEquals(List.of("stray", "hello", "bb"), log.told);
    }

    @Test
    void readsHello() {
        assertTrue(
                read(
                        "6f01 40 21 4002"
                                + ID
                                + "c000000000000005 80100000 00 ffff".replace(" ", "")));
        UUID instance = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
        assertEquals(new Hello(2, instance, 5, 1_048_576), log.hello);
    }

    @Test
    void readsTheLaneBehindHello() {
        assertTrue(read("6f01 17 01" + ID + "03 80010400 02"));
        assertEquals(2, log.hello.lane());
        assertTrue(log.hello.hasLanes());
    }

    @Test
    void refusesALaneThatIsCutOff() {
        assertFalse(read("6f01 17 01" + ID + "03 80010400 40"));
    }

    @Test
    void clampsHugeLaneInHello() {
        assertTrue(read("6f01 1e 01" + ID + "03 80010400 ffffffffffffffff"));
        assertEquals(Integer.MAX_VALUE, log.hello.lane());
    }

    @Test
    void clampsHugeLimitInHello() {
        assertTrue(read("6f01 1a 01" + ID + "00 ffffffffffffffff"));
        assertEquals(Integer.MAX_VALUE, log.hello.maxMessageBytes());
    }

    @Test
    void refusesSecondHello() {
        assertTrue(read(HELLO));
        assertFalse(read(HELLO));
        assertEquals(List.of("hello"), log.told);
    }

    @Test
    void readsNothingMoreOnceTheSinkStops() {
        log.stopAfter = 1;
        assertTrue(read(HELLO + "0001aa ff"));
        assertEquals(List.of("hello"), log.told);
    }

    @Test
    void writersAndReaderAgree() {
        byte[] bytes = new byte[Capsule.MAX_CONTROL];
        Hello hello = new Hello(1, new UUID(-3, 9), VarInt.MAX, 70_000, 3);
        assertTrue(reader.read(bytes, 0, Capsule.putHello(bytes, 0, hello)));
        assertEquals(hello, log.hello);
        assertTrue(reader.read(bytes, 0, Capsule.putDrain(bytes, 0, 1500)));
        assertTrue(reader.read(bytes, 0, Capsule.putSequence(bytes, 0, Capsule.PING, 1L << 40)));
        assertTrue(reader.read(bytes, 0, Capsule.putSequence(bytes, 0, Capsule.PONG, 3)));
        assertEquals(List.of("hello", "drain1500", "ping1099511627776", "pong3"), log.told);
    }

    @Test
    void lengthOfDatagramIsOfFixedSize() {
        byte[] bytes = Hex.decode("ffffffffff aa");
        Capsule.putDatagramHeader(bytes, 5, 1, Capsule.datagramHeader(16_383));
        assertEquals("ffff004001aa", Hex.encode(bytes));
        Capsule.putDatagramHeader(bytes, 5, 1, Capsule.datagramHeader(16_384));
        assertEquals("0080000001aa", Hex.encode(bytes));
    }

    /** Writes down what it is told. */
    private static final class Log implements CapsuleReader.Sink {
        final List<String> told = new ArrayList<>();
        int stopAfter = Integer.MAX_VALUE;
        Hello hello = new Hello(0, new UUID(0, 0), 0, 0);

        @Override
        public boolean isReading() {
            return told.size() < stopAfter;
        }

        @Override
        public void onDatagram(byte[] array, int offset, int length) {
            told.add(Hex.encode(Arrays.copyOfRange(array, offset, offset + length)));
        }

        @Override
        public void onStrayDatagram() {
            told.add("stray");
        }

        @Override
        public void onHello(Hello said) {
            hello = said;
            told.add("hello");
        }

        @Override
        public void onDrain(long afterMs) {
            told.add("drain" + afterMs);
        }

        @Override
        public void onPing(long sequence) {
            told.add("ping" + sequence);
        }

        @Override
        public void onPong(long sequence) {
            told.add("pong" + sequence);
        }
    }
}
