package io.culvert.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Deadlines, also where the clock wraps. */
final class DeadlineTest {
    private final Deadline deadline = new Deadline();

    @Test
    void isNeverDueWhileUnset() {
        assertFalse(deadline.isSet());
        assertFalse(deadline.isDue(Long.MAX_VALUE));
        assertFalse(deadline.isDue(Long.MIN_VALUE));
        assertFalse(deadline.takeIfDue(0));
        assertEquals(99, deadline.remainingNs(0, 99));
        assertEquals("Deadline(unset)", deadline.toString());
    }

    @Test
    void isDueFromItsMomentOn() {
        deadline.set(100);
        assertTrue(deadline.isSet());
        assertFalse(deadline.isDue(99));
        assertTrue(deadline.isDue(100));
        assertTrue(deadline.isDue(101));
        assertEquals("Deadline(100 ns)", deadline.toString());
    }

    @Test
    void comparesAcrossTheWrapOfTheClock() {
        long now = Long.MAX_VALUE - 10;
        deadline.set(now + 50);
        assertFalse(deadline.isDue(now));
        assertEquals(50, deadline.remainingNs(now, 1000));
        assertFalse(deadline.isDue(now + 49));
        assertTrue(deadline.isDue(now + 50));
    }

    @Test
    void tellsWhatRemainsWithinItsLimits() {
        deadline.set(100);
        assertEquals(60, deadline.remainingNs(40, 1000));
        assertEquals(10, deadline.remainingNs(40, 10));
        assertEquals(0, deadline.remainingNs(100, 10));
        assertEquals(0, deadline.remainingNs(500, 10));
    }

    @Test
    void isTakenOnce() {
        deadline.set(100);
        assertFalse(deadline.takeIfDue(99));
        assertTrue(deadline.takeIfDue(100));
        assertFalse(deadline.takeIfDue(100));
        assertFalse(deadline.isSet());
    }

    @Test
    void setReplacesAndSetIfUnsetDoesNot() {
        deadline.set(100);
        deadline.setIfUnset(50);
        assertFalse(deadline.isDue(50));
        deadline.set(50);
        assertTrue(deadline.isDue(50));
        deadline.clear();
        assertFalse(deadline.isSet());
        deadline.setIfUnset(70);
        assertTrue(deadline.isDue(70));
    }
}
