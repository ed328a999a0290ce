package io.culvert.crypto;

import static io.culvert.crypto.Vectors.counting;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The branch-free spellings against the JDK's, and every way to misspell a key. */
final class KeyTextTest {
    private static final String ZEROS = "A".repeat(43) + "=";

    @Test
    void spellsLikeTheJdkAndBack() {
        long seed = System.nanoTime();
        System.out.println("KeyTextTest seed " + seed);
        Random random = new Random(seed);
        byte[] key = new byte[32];
        for (int i = 0; i < 3000; i++) {
            random.nextBytes(key);
            byte[] before = key.clone();
            String base64 = KeyText.toBase64(key);
            String hex = KeyText.toHex(key);
            assertArrayEquals(before, key);
            assertEquals(Base64.getEncoder().encodeToString(key), base64);
            assertEquals(HexFormat.of().formatHex(key), hex);
            assertArrayEquals(key, KeyText.fromBase64(base64, "key"));
            assertArrayEquals(key, KeyText.fromHex(hex, "key"));
            assertArrayEquals(
                    key, KeyText.fromHex(HexFormat.of().withUpperCase().formatHex(key), "key"));
        }
    }

    /** Every character there is, in a place where all six bits of a digit count. */
    @Test
    void takesTheSixtyFourDigitsOfBase64AndNothingElse() {
        String digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (int c = 0; c <= Character.MAX_VALUE; c++) {
            String text = (char) c + ZEROS.substring(1);
            int value = digits.indexOf(c);
            if (value >= 0) {
                assertEquals(value, (KeyText.fromBase64(text, "key")[0] & 0xff) >> 2);
            } else {
                assertThrows(IllegalArgumentException.class, () -> KeyText.fromBase64(text, "key"));
            }
        }
    }

    @Test
    void takesTheHexadecimalDigitsAndNothingElse() {
        String zeros = "0".repeat(63);
        for (int c = 0; c <= Character.MAX_VALUE; c++) {
            String text = (char) c + zeros;
            boolean isDigit = c < 128 && HexFormat.isHexDigit(c);
            if (isDigit) {
                assertEquals(
                        HexFormat.fromHexDigit(c), (KeyText.fromHex(text, "key")[0] & 0xff) >> 4);
            } else {
                assertThrows(IllegalArgumentException.class, () -> KeyText.fromHex(text, "key"));
            }
        }
    }

    @Test
    void refusesADigitMissingInAnyPlace() {
        for (int place = 0; place < 43; place++) {
            for (char bad : new char[] {' ', '=', '-', '_', '\n', '\u0141'}) {
                String text = ZEROS.substring(0, place) + bad + ZEROS.substring(place + 1);
                assertThrows(IllegalArgumentException.class, () -> KeyText.fromBase64(text, "key"));
            }
        }
    }

    @Test
    void refusesBitsLeftOverBehindTheLastByte() {
        for (char last : new char[] {'B', 'C', 'D', '/'}) {
            String text = "A".repeat(42) + last + "=";
            assertThrows(IllegalArgumentException.class, () -> KeyText.fromBase64(text, "key"));
        }
        assertEquals(1, KeyText.fromBase64("A".repeat(42) + "E=", "key")[31]);
    }

    @Test
    void refusesAnotherLengthOrNoPadding() {
        for (String text :
                new String[] {
                    "", "=", "A".repeat(43), "A".repeat(44), ZEROS + "=", " " + ZEROS, "A=" + ZEROS
                }) {
            assertThrows(IllegalArgumentException.class, () -> KeyText.fromBase64(text, "key"));
        }
        for (int length : new int[] {0, 1, 63, 65, 128}) {
            String text = "0".repeat(length);
            assertThrows(IllegalArgumentException.class, () -> KeyText.fromHex(text, "key"));
        }
    }

    @Test
    void saysWhatIsWrongInOneLineAndNotTheSecret() {
        String secret = KeyText.toBase64(counting(32)).substring(0, 40);
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> PrivateKey.parse(secret));
        assertEquals(
                "private key is not 44 characters of base64 that end in = (it has 40 characters)",
                e.getMessage());
        String spoilt = "!" + KeyText.toBase64(counting(32)).substring(1);
        e = assertThrows(IllegalArgumentException.class, () -> PresharedKey.parse(spoilt));
        assertEquals(
                "preshared key is not 44 characters of base64 that spell 32 bytes"
                        + " (it has 44 characters)",
                e.getMessage());
        e = assertThrows(IllegalArgumentException.class, () -> PublicKey.parseHex("00"));
        assertEquals(
                "public key is not 64 hexadecimal digits (it has 2 characters)", e.getMessage());
    }
}
