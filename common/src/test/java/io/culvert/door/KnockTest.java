package io.culvert.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.Hex;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The knock, with a vector computed by Python's hashlib. */
final class KnockTest {
    private static final byte[] KEY = new byte[32];
    private static final long NOW = 1_790_000_000L;
    private static final long DAY = 24 * 3600;

    static {
        for (int i = 0; i < KEY.length; i++) {
            KEY[i] = (byte) i;
        }
    }

    @Test
    void equalsTheVector() {
        byte[] token = Base64.getUrlDecoder().decode(Knock.make(KEY, NOW));
        assertEquals("000000006ab13b803c1f89d04a0fdde1448f5eec3de473bd", Hex.encode(token));
    }

    @Test
    void opensForADayAroundItsTime() {
        String token = Knock.make(KEY, NOW);
        assertEquals(32, token.length());
        for (long apart : new long[] {0, 1, -1, 3600, DAY, -DAY}) {
            assertTrue(Knock.verify(token, KEY, NOW + apart), "apart " + apart);
        }
        for (long apart : new long[] {DAY + 1, -DAY - 1, 365 * DAY, -NOW}) {
            assertFalse(Knock.verify(token, KEY, NOW + apart), "apart " + apart);
        }
    }

    @Test
    void opensNoOtherDoor() {
        byte[] other = KEY.clone();
        other[31] ^= 1;
        assertFalse(Knock.verify(Knock.make(KEY, NOW), other, NOW));
        assertNotEquals(Knock.make(KEY, NOW), Knock.make(other, NOW));
    }

    @Test
    void everyFlippedBitIsNoticed() {
        byte[] token = Base64.getUrlDecoder().decode(Knock.make(KEY, NOW));
        for (int bit = 0; bit < token.length * 8; bit++) {
            byte[] flipped = token.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            String text = Base64.getUrlEncoder().encodeToString(flipped);
            assertFalse(Knock.verify(text, KEY, NOW), "bit " + bit);
        }
    }

    @ParameterizedTest
    @ValueSource(
            longs = {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE, Long.MAX_VALUE - NOW, (1L << 48) + 1})
    void refusesGenuineTokensOfImpossibleTimes(long seconds) {
        assertFalse(Knock.verify(Knock.make(KEY, seconds), KEY, NOW));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA A",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+/",
                "\u00e9AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            })
    void refusesWhatIsNoToken(String token) {
        assertFalse(Knock.verify(token, KEY, NOW));
    }

    @Test
    void noiseOpensNothingAndThrowsNothing() {
        Random random = new Random(99);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = 30 + random.nextInt(4); length > 0; length--) {
                text.append((char) (random.nextInt(8) == 0 ? random.nextInt(300) : 'A'));
            }
            assertFalse(Knock.verify(text.toString(), KEY, NOW));
        }
    }

    @Test
    void keyOfAnotherLengthIsABug() {
        assertThrows(IllegalArgumentException.class, () -> Knock.make(new byte[31], NOW));
    }
}
