package io.culvert.crypto;

import static io.culvert.crypto.Vectors.counting;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What is compared; how long it takes is the code's shape, which no test here can see. */
final class ConstantTimeTest {
    @Test
    void comparesRangesAtTheirOffsets() {
        byte[] a = counting(40);
        byte[] b = counting(50);
        assertTrue(ConstantTime.equals(a, 3, b, 3, 37));
        assertFalse(ConstantTime.equals(a, 3, b, 4, 16));
        assertTrue(ConstantTime.equals(a, 40, b, 0, 0));
    }

    @Test
    void seesADifferenceInAnyBit() {
        byte[] a = counting(16);
        for (int bit = 0; bit < 128; bit++) {
            byte[] b = counting(16);
            b[bit / 8] ^= (byte) (1 << (bit % 8));
            assertFalse(ConstantTime.equals(a, 0, b, 0, 16));
        }
    }

    @Test
    void ignoresWhatLiesOutside() {
        byte[] a = counting(18);
        byte[] b = counting(18);
        b[0] ^= 1;
        b[17] ^= 1;
        assertTrue(ConstantTime.equals(a, 1, b, 1, 16));
    }

    @Test
    void aRangeOutsideTheArrayIsABug() {
        byte[] a = counting(16);
        assertThrows(IndexOutOfBoundsException.class, () -> ConstantTime.equals(a, 1, a, 0, 16));
    }

    @Test
    void knowsAllZeroFromAlmost() {
        assertTrue(ConstantTime.isZero(new byte[32]));
        assertTrue(ConstantTime.isZero(new byte[0]));
        byte[] last = new byte[32];
        last[31] = (byte) 0x80;
        assertFalse(ConstantTime.isZero(last));
    }
}
