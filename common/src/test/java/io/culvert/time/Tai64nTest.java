package io.culvert.time;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Layout, whitening and order of TAI64N. */
final class Tai64nTest {
    private static final int GRAIN_NANOS = 1 << 24;

    @Test
    void theEpochIsTenSecondsBehindTai() {
        assertEquals("@400000000000000a00000000", Tai64n.of(Instant.EPOCH).toString());
        assertEquals(
                "@400000005a49800900000000",
                Tai64n.of(Instant.parse("2018-01-01T00:25:35Z")).toString());
    }

    @Test
    void clearsTheLowTwentyFourBitsOfTheNanoseconds() {
        Instant second = Instant.ofEpochSecond(1);
        assertEquals(
                "@400000000000000b3b000000", Tai64n.of(second.plusNanos(999_999_999)).toString());
        assertEquals(
                "@400000000000000b00000000",
                Tai64n.of(second.plusNanos(GRAIN_NANOS - 1)).toString());
        assertEquals(
                "@400000000000000b01000000", Tai64n.of(second.plusNanos(GRAIN_NANOS)).toString());
    }

    @Test
    void timesBefore1970HaveLabelsToo() {
        assertEquals("@400000000000000900000000", Tai64n.of(Instant.ofEpochSecond(-1)).toString());
    }

    @Test
    void survivesBytes() {
        byte[] array = new byte[20];
        new Random(1).nextBytes(array);
        Tai64n timestamp = Tai64n.ofBytes(array, 5);
        assertArrayEquals(Arrays.copyOfRange(array, 5, 17), timestamp.bytes());
        assertEquals(timestamp, Tai64n.ofBytes(timestamp.bytes(), 0));
        timestamp.bytes()[0] ^= 1;
        assertEquals(timestamp, Tai64n.ofBytes(array, 5));
        assertThrows(IndexOutOfBoundsException.class, () -> Tai64n.ofBytes(array, 9));
    }

    @Test
    void ordersAsUnsignedBigEndianBytes() {
        Random random = new Random(7);
        byte[] a = new byte[Tai64n.LENGTH];
        byte[] b = new byte[Tai64n.LENGTH];
        for (int i = 0; i < 2000; i++) {
            random.nextBytes(a);
            random.nextBytes(b);
            int shared = random.nextInt(Tai64n.LENGTH + 1);
            System.arraycopy(a, 0, b, 0, shared);
            Tai64n left = Tai64n.ofBytes(a, 0);
            Tai64n right = Tai64n.ofBytes(b, 0);
            int expected = Integer.signum(Arrays.compareUnsigned(a, b));
            assertEquals(expected, Integer.signum(left.compareTo(right)));
            assertEquals(expected > 0, left.isAfter(right));
            assertEquals(expected == 0, left.equals(right));
        }
    }

    @Test
    void theTopBitIsNoSign() {
        assertTrue(of("ffffffffffffffff00000000").isAfter(of("400000000000000a00000000")));
        assertTrue(of("400000000000000affffffff").isAfter(of("400000000000000a00000000")));
    }

    @Test
    void nextIsOneGrainLater() {
        assertEquals(of("400000000000000a01000000"), of("400000000000000a00000000").next());
        assertEquals(of("400000000000000a3b000000"), of("400000000000000a3a000000").next());
    }

    @Test
    void nextCarriesIntoTheSecondsSoThatNanosecondsStayBelowASecond() {
        assertEquals(of("400000000000000b00000000"), of("400000000000000a3b000000").next());
        assertEquals(of("400000000000000b00000000"), of("400000000000000affffffff").next());
    }

    @Test
    void nextOfAFineTimestampIsWhitenedAndGreater() {
        Tai64n fine = of("400000000000000a0100abcd");
        assertEquals(of("400000000000000a02000000"), fine.next());
        assertTrue(fine.next().isAfter(fine));
    }

    @Test
    void nextIsWhatTheClockSaysAtTheNextGrain() {
        Instant instant = Instant.ofEpochSecond(1_700_000_000L);
        Tai64n timestamp = Tai64n.of(instant);
        for (int grain = 0; grain < 59; grain++) {
            instant = instant.plusNanos(GRAIN_NANOS);
            timestamp = timestamp.next();
            assertEquals(Tai64n.of(instant), timestamp);
        }
        assertEquals(Tai64n.of(Instant.ofEpochSecond(1_700_000_001L)), timestamp.next());
    }

    @Test
    void equalityIsByContent() {
        Tai64n one = of("400000000000000a01000000");
        assertEquals(one.hashCode(), of("400000000000000a01000000").hashCode());
        assertNotEquals(one, of("400000000000000a02000000"));
        assertNotEquals(one, of("400000000000000b01000000"));
        assertFalse(one.equals((Object) "@400000000000000a01000000"));
    }

    private static Tai64n of(String digits) {
        return Tai64n.ofBytes(HexFormat.of().parseHex(digits), 0);
    }
}
