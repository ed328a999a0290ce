package io.culvert.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** A window of ten stretches. */
final class RecentMaxTest {
    private final RecentMax recent = new RecentMax();

    @Test
    void forgetsAfterTenStretches() {
        assertEquals(0, recent.max());
        recent.add(7);
        recent.add(3);
        recent.advance(9, 1);
        recent.add(5);
        assertEquals(7, recent.max());
        recent.advance(1, 1);
        assertEquals(5, recent.max());
        recent.advance(1_000_000, 1);
        assertEquals(0, recent.max());
    }

    @Test
    void tellsWhatWasReachedInSeveral() {
        for (int value : new int[] {9, 2, 4, 4}) {
            recent.add(value);
            recent.advance(10, 10);
        }
        assertEquals(9, recent.common(1));
        assertEquals(4, recent.common(2));
        assertEquals(4, recent.common(3));
        assertEquals(2, recent.common(4));
        assertEquals(0, recent.common(5));
    }
}
