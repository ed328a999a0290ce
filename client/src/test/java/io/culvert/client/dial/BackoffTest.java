package io.culvert.client.dial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final long MS = 1_000_000;

    @Test
    void doublesFromFifthOfSecondToHalfMinute() {
        long[] ceilings = {200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000};
        for (long seed = 0; seed < 200; seed++) {
            Backoff backoff = new Backoff(new Random(seed));
            for (long ceiling : ceilings) {
                long ns = backoff.nextNs();
                boolean isWithin = ns >= ceiling * MS / 2 && ns <= ceiling * MS;
                assertTrue(isWithin, ns + " of " + ceiling + " ms, seed " + seed);
            }
        }
    }

    @Test
    void differsBetweenClients() {
        assertNotEquals(new Backoff(new Random(1)).nextNs(), new Backoff(new Random(2)).nextNs());
        assertEquals(new Backoff(new Random(1)).nextNs(), new Backoff(new Random(1)).nextNs());
    }

    @Test
    void beginsAnewAfterReset() {
        Backoff backoff = new Backoff(new Random(3));
        for (int i = 0; i < 20; i++) {
            assertTrue(backoff.nextNs() > 0);
        }
        backoff.reset();
        assertTrue(backoff.nextNs() <= 200 * MS);
    }
}
