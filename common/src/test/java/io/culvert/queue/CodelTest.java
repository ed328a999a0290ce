package io.culvert.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CoDel's law in virtual time: a packet a millisecond. */
final class CodelTest {
    private static final long MS = 1_000_000;
    private final Codel codel = new Codel(new Patience(Limits.defaults()));

    private boolean drops(long waitedMs, long nowNs) {
        return codel.mustDrop(codel.mayDrop(waitedMs * MS, false, nowNs), nowNs);
    }

    @Test
    void sparesPacketsBelowTheTarget() {
        for (int ms = 0; ms < 2000; ms++) {
            assertFalse(drops(4, ms * MS));
        }
    }

    @Test
    void sparesAShortBurst() {
        for (int ms = 0; ms < 2000; ms++) {
            assertFalse(drops(ms % 90 == 0 ? 1 : 50, ms * MS));
        }
    }

    @Test
    void sparesTheLastPacketsHoweverLongTheyWaited() {
        for (int ms = 0; ms < 2000; ms++) {
            long nowNs = ms * MS;
            assertFalse(codel.mustDrop(codel.mayDrop(500 * MS, true, nowNs), nowNs));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -5_000_000_000L, Long.MAX_VALUE - 300_000_000L})
    void dropsFasterTheLongerItLasts(long startNs) {
        List<Integer> dropped = new ArrayList<>();
        for (int ms = 0; ms < 600; ms++) {
            if (drops(20, startNs + ms * MS)) {
                dropped.add(ms);
            }
        }
        // 100, then after 100/sqrt(1), 100/sqrt(2), 100/sqrt(3), … (RFC 8289 §3.3)
        List<Integer> law = new ArrayList<>();
        double at = 100;
        for (int count = 1; at < 600; count++) {
            law.add((int) Math.ceil(at - 1e-3));
            at += 100 / Math.sqrt(count);
        }
        assertEquals(law, dropped);
    }

    @Test
    void leavesTheDroppingStateWhenTheWaitFalls() {
        for (int ms = 0; ms <= 250; ms++) {
            drops(20, ms * MS);
        }
        assertFalse(drops(1, 251 * MS));
        for (int ms = 252; ms < 352; ms++) {
            assertFalse(drops(20, ms * MS), "at " + ms);
        }
        assertTrue(drops(20, 352 * MS));
    }

    @Test
    void resumesNearTheFormerRateWhenItBeginsAgainSoon() {
        int first = countDrops(0, 1000);
        codel.onEmpty();
        int resumed = countDrops(1000, 300);
        codel.onEmpty();
        int fresh = new CodelTest().countDrops(0, 300);
        assertTrue(first > 10);
        assertTrue(resumed > fresh, resumed + " against " + fresh);
        int later = countDrops(10_000, 300);
        assertEquals(fresh, later);
    }

    private int countDrops(int fromMs, int forMs) {
        int count = 0;
        for (int ms = fromMs; ms < fromMs + forMs; ms++) {
            count += drops(20, ms * MS) ? 1 : 0;
        }
        return count;
    }
}
