package io.culvert.carrier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Masking against the one-line definition of RFC 6455 §5.3. */
final class MaskingTest {
    private static void naive(byte[] array, int offset, int length, int key, int position) {
        for (int i = 0; i < length; i++) {
            array[offset + i] ^= (byte) (key >>> (24 - 8 * ((position + i) % 4)));
        }
    }

    @Test
    void equalsTheDefinitionAtEveryAlignment() {
        Random random = new Random(11);
        for (int offset = 0; offset < 9; offset++) {
            for (int length = 0; length < 70; length++) {
                for (int position = 0; position < 5; position++) {
                    byte[] fast = new byte[90];
                    random.nextBytes(fast);
                    byte[] slow = fast.clone();
                    int key = random.nextInt();
                    Masking.apply(fast, offset, length, key, position);
                    naive(slow, offset, length, key, position);
                    assertArrayEquals(slow, fast, offset + "+" + length + " at " + position);
                }
            }
        }
    }

    @Test
    void piecesEqualTheWhole() {
        byte[] whole = new byte[1000];
        byte[] pieces = whole.clone();
        Masking.apply(whole, 0, whole.length, 0x01020384, 0);
        int at = 0;
        for (int piece = 1; at < pieces.length; piece += 3) {
            int length = Math.min(piece, pieces.length - at);
            Masking.apply(pieces, at, length, 0x01020384, at);
            at += length;
        }
        assertArrayEquals(whole, pieces);
    }
}
