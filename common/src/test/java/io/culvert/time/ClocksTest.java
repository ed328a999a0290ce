package io.culvert.time;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The two clocks of the machine. */
final class ClocksTest {
    @Test
    void theMonotonicClockNeverGoesBack() {
        MonotonicClock clock = MonotonicClock.system();
        long last = clock.nowNs();
        for (int i = 0; i < 10_000; i++) {
            long now = clock.nowNs();
            assertTrue(now - last >= 0);
            last = now;
        }
    }

    @Test
    void theWallClockAgreesWithTheMachine() {
        Instant before = Instant.now();
        Instant now = WallClock.system().now();
        assertFalse(now.isBefore(before));
        assertFalse(now.isAfter(Instant.now()));
    }
}
