package io.culvert.queue;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The band for control datagrams: in order, bounded, the oldest gives way. */
final class PriorityBandTest {
    private final PriorityBand band = new PriorityBand();

    @Test
    void handsOutCopiesInOrder() {
        byte[] array = {1, 2, 3, 4, 5};
        assertTrue(band.add(array, 1, 3));
        assertTrue(band.add(array, 0, 1));
        array[2] = 99;
        assertArrayEquals(new byte[] {2, 3, 4}, band.poll());
        assertArrayEquals(new byte[] {1}, band.poll());
        assertNull(band.poll());
    }

    @Test
    void dropsTheOldestWhenFull() {
        for (int i = 0; i < PriorityBand.CAPACITY; i++) {
            assertTrue(band.add(new byte[] {(byte) i}, 0, 1));
        }
        assertFalse(band.add(new byte[] {100}, 0, 1));
        assertFalse(band.add(new byte[] {101}, 0, 1));
        assertEquals(PriorityBand.CAPACITY, band.size());
        assertArrayEquals(new byte[] {2}, band.poll());
        assertTrue(band.add(new byte[] {102}, 0, 1));
        byte[] last = null;
        for (byte[] next = band.poll(); next != null; next = band.poll()) {
            last = next;
        }
        assertArrayEquals(new byte[] {102}, last);
    }

    @Test
    void forgetsAllWhenCleared() {
        band.add(new byte[4], 0, 4);
        band.clear();
        assertEquals(0, band.size());
        assertNull(band.poll());
    }
}
