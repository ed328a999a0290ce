package io.culvert.carrier;

import static io.culvert.carrier.Liveness.SECOND_NS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.carrier.Liveness.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Pings and death in virtual time. */
final class LivenessTest {
    private final Liveness liveness = new Liveness(new Random(3));
    private long nowNs = Long.MAX_VALUE - 20 * SECOND_NS; // the clock wraps in the course of tests

    LivenessTest() {
        liveness.start(nowNs);
    }

    /** Checks as often as asked for; each verdict but FINE with its time in whole seconds. */
    private List<String> run(long seconds, boolean sending, boolean answering) {
        List<String> told = new ArrayList<>();
        long startNs = nowNs;
        while (nowNs - startNs < seconds * SECOND_NS) {
            if (sending) {
                liveness.onSent();
            }
            Verdict verdict = liveness.check(nowNs);
            if (verdict != Verdict.FINE) {
                told.add((nowNs - startNs) / SECOND_NS + " " + verdict);
                if (answering) {
                    liveness.onReceived(nowNs);
                    liveness.onAnswered();
                }
            }
            if (verdict == Verdict.DEAD) {
                return told;
            }
            nowNs += liveness.delayNs(nowNs);
        }
        return told;
    }

    @Test
    void pingsEveryThreeSecondsUnderTraffic() {
        assertEquals(
                List.of("3 PING_UNDER_TRAFFIC", "6 PING_UNDER_TRAFFIC", "9 PING_UNDER_TRAFFIC"),
                run(11, true, true));
    }

    @Test
    void noticesLossUnderTrafficTenSecondsAfterThePing() {
        assertEquals(List.of("3 PING_UNDER_TRAFFIC", "13 DEAD"), run(60, true, false));
    }

    @Test
    void anyByteReceivedPostponesTheEnd() {
        run(4, true, false);
        nowNs += SECOND_NS;
        liveness.onReceived(nowNs);
        assertEquals(List.of("10 DEAD"), run(60, true, false));
    }

    @Test
    void lossIsNoticedWithinFifteenSecondsWhereverItFalls() {
        for (int lostMs = 0; lostMs < 8000; lostMs += 37) {
            Liveness one = new Liveness(new Random(lostMs));
            one.start(0);
            assertTrue(noticedAfter(one, lostMs * 1_000_000L) <= 15 * SECOND_NS, "at " + lostMs);
        }
    }

    /**
     * Traffic both ways until {@code lostNs}, then only outbound; how long until that is noticed.
     */
    private static long noticedAfter(Liveness one, long lostNs) {
        boolean pinged = false;
        for (long now = 0; ; now += one.delayNs(now)) {
            if (now <= lostNs) {
                one.onReceived(now);
                if (pinged) {
                    one.onAnswered();
                }
            }
            one.onSent();
            Verdict verdict = one.check(now);
            pinged = verdict == Verdict.PING_UNDER_TRAFFIC;
            if (verdict == Verdict.DEAD) {
                return now - lostNs;
            }
        }
    }

    @Test
    void pingsWhenIdleAtUnevenTimes() {
        List<String> told = run(24 * 3600, false, true);
        long previous = 0;
        for (String line : told) {
            long at = Long.parseLong(line.substring(0, line.indexOf(' ')));
            assertTrue(line.endsWith("PING_IDLE"), line);
            assertTrue(at - previous >= 14 && at - previous <= 36, previous + " then " + at);
            previous = at;
        }
        double mean = 24 * 3600.0 / told.size();
        assertTrue(mean > 22 && mean < 28, "mean " + mean);
    }

    @Test
    void noticesLossWhenIdleFifteenSecondsAfterThePing() {
        List<String> told = run(120, false, false);
        assertEquals(2, told.size());
        long pinged = Long.parseLong(told.get(0).split(" ", 2)[0]);
        long dead = Long.parseLong(told.get(1).split(" ", 2)[0]);
        assertTrue(dead - pinged == 15 || dead - pinged == 14, told.toString());
    }

    @Test
    void trafficDuringAnUnansweredIdlePingShortensTheWait() {
        while (liveness.check(nowNs) != Verdict.PING_IDLE) {
            nowNs += liveness.delayNs(nowNs);
        }
        assertEquals(List.of("10 DEAD"), run(30, true, false));
    }

    @Test
    void aSleepIsNoProofOfDeath() {
        run(5, true, false); // a ping is outstanding
        nowNs += 3600 * SECOND_NS;
        List<String> told = run(60, true, false);
        assertEquals(List.of("0 PING_UNDER_TRAFFIC", "3 DEAD"), told);
    }

    @Test
    void anAnswerAfterASleepKeepsTheConnection() {
        run(5, true, false);
        nowNs += 3600 * SECOND_NS;
        List<String> told = run(10, true, true);
        assertEquals(4, told.size(), told.toString());
        assertTrue(told.stream().noneMatch(line -> line.contains("DEAD")));
    }

    @Test
    void doubtIsSettledWithinThreeSeconds() {
        run(1, false, true);
        assertTrue(liveness.probe(nowNs));
        assertEquals(List.of("3 DEAD"), run(60, false, false));
    }

    @Test
    void doubtAfterDoubtDoesNotProlongTheWait() {
        assertTrue(liveness.probe(nowNs));
        assertEquals(List.of(), run(1, true, false));
        assertFalse(liveness.probe(nowNs));
        assertEquals(List.of("1 DEAD"), run(60, true, false));
    }

    @Test
    void doubtShortensTheWaitForAPingUnderWay() {
        assertEquals(List.of("3 PING_UNDER_TRAFFIC"), run(5, true, false));
        assertTrue(liveness.probe(nowNs));
        assertEquals(List.of("3 DEAD"), run(60, true, false));
    }

    @Test
    void answerSettlesTheDoubt() {
        assertTrue(liveness.probe(nowNs));
        liveness.onReceived(nowNs);
        liveness.onAnswered();
        assertEquals(List.of(), run(2, false, false));
        assertTrue(liveness.probe(nowNs));
    }

    @Test
    void wantsTheNextCheckSoonAndNeverAtOnce() {
        for (int i = 0; i < 1000; i++) {
            liveness.check(nowNs);
            long delay = liveness.delayNs(nowNs);
            assertTrue(delay >= 1_000_000 && delay <= Liveness.CHECK_NS, "delay " + delay);
            nowNs += delay;
        }
    }
}
