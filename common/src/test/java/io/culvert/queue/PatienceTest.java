package io.culvert.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long packets may wait on paths of different lengths. */
final class PatienceTest {
    private static final long MS = 1_000_000;

    @ParameterizedTest
    @CsvSource({"0, 5, 100", "12, 5, 100", "50, 20, 100", "200, 80, 400"})
    void followsTheRoundTripAndNeverFallsBelowTheLimits(
            long roundTripMs, long targetMs, long intervalMs) {
        Patience patience = new Patience(Limits.defaults());
        patience.setPath(200 * MS);
        patience.setPath(roundTripMs * MS);
        assertEquals(targetMs * MS, patience.targetNs());
        assertEquals(intervalMs * MS, patience.intervalNs());
    }
}
