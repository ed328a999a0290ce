package io.culvert.netstack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RangesTest {
    private final Ranges ranges = new Ranges();

    @Test
    void holdsWhatABitSetHolds() {
        long seed = Long.getLong("culvert.seed", System.nanoTime());
        System.out.println("ranges seed " + seed);
        Random random = new Random(seed);
        int base = Integer.MAX_VALUE - 500; // passes the sign
        BitSet model = new BitSet();
        int next = 0;
        for (int i = 0; i < 20_000; i++) {
            int start = next + 1 + random.nextInt(1500);
            int end = start + 1 + random.nextInt(40);
            assertTrue(ranges.add(base + start, base + end));
            model.set(start, end);
            if (random.nextInt(20) == 0) {
                int reach = next + random.nextInt(300);
                model.set(next, reach);
                int clear = model.nextClearBit(next);
                // what lies within the newly filled part is reached too
                next = ranges.advance(base + reach) - base;
                assertEquals(clear, next);
            }
            int from = model.nextSetBit(next);
            for (int j = 0; j < ranges.count(); j++) {
                assertEquals(from, ranges.start(j) - base);
                from = model.nextClearBit(from);
                assertEquals(from, ranges.end(j) - base);
                from = model.nextSetBit(from);
            }
            assertEquals(-1, from);
        }
    }

    @Test
    void isBounded() {
        for (int i = 0; i < Ranges.MOST; i++) {
            assertTrue(ranges.add(10 * i, 10 * i + 5));
        }
        assertFalse(ranges.add(10 * Ranges.MOST, 10 * Ranges.MOST + 5));
        assertTrue(ranges.add(5, 10)); // fills a hole
        assertTrue(ranges.holds(0, 15));
        assertFalse(ranges.holds(0, 16));
    }
}
