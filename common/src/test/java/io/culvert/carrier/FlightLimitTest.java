package io.culvert.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The limit against a model of a path: a queue of one rate, and a delay. */
final class FlightLimitTest {
    private static final long MS = 1_000_000;
    private static final int MESSAGE = 1_500;

    private final FlightLimit flight = FlightLimit.measured();
    private final Path path = new Path();
    private long sequence;

    /** Bytes leave one by one at a rate, and each ping is answered a delay later. */
    private static final class Path {
        private record Answer(long sequence, long atNs) {}

        final ArrayDeque<Answer> answers = new ArrayDeque<>();
        double bytesPerSecond;
        long delayNs;
        long nowNs;
        long freeNs; // when all that was sent has left
        long longestNs; // the longest queue since the last look
        long deafUntilNs; // nothing is answered before

        void send(int bytes) {
            freeNs = Math.max(freeNs, nowNs) + (long) (bytes / bytesPerSecond * 1e9);
            longestNs = Math.max(longestNs, freeNs - nowNs);
        }

        void ping(long sequence) {
            answers.add(new Answer(sequence, freeNs + delayNs));
        }
    }

    /** Sends as much as may be, or as much as there is, for a time. */
    private void run(long ms, int mostBytesPerMs) {
        long endNs = path.nowNs + ms * MS;
        while (path.nowNs < endNs) {
            while (path.nowNs >= path.deafUntilNs
                    && !path.answers.isEmpty()
                    && path.answers.peek().atNs <= path.nowNs) {
                flight.onPong(path.answers.poll().sequence, path.nowNs);
            }
            int sent = 0;
            while (sent < mostBytesPerMs && !flight.isFull()) {
                flight.onSent(MESSAGE);
                path.send(MESSAGE);
                sent += MESSAGE;
                pingIfDue();
            }
            pingIfDue();
            if (flight.isFull()) {
                flight.onHeldBack();
            }
            path.nowNs += MS;
        }
    }

    /** With a round trip of 50 ms. */
    private void learnAPathOf20Megabits() {
        path.bytesPerSecond = 2_500_000;
        path.delayNs = 50 * MS;
        run(3_000, Integer.MAX_VALUE);
    }

    private void pingIfDue() {
        if (flight.wantsPing()) {
            flight.onPing(++sequence, path.nowNs);
            path.ping(sequence);
        }
    }

    private long queueMs() {
        long longest = path.longestNs / MS;
        path.longestNs = 0;
        return longest;
    }

    @ParameterizedTest
    @CsvSource({"20, 50", "2, 100", "100, 10", "1000, 200", "5, 5"})
    void keepsThePathBusyAndItsQueueShort(int megabits, int delayMs) {
        path.bytesPerSecond = megabits * 125_000.0;
        path.delayNs = delayMs * MS;
        run(3_000, Integer.MAX_VALUE);
        queueMs();
        double ratio = flight.rateBytesPerSecond() / path.bytesPerSecond;
        assertTrue(ratio > 0.9 && ratio < 1.1, "rate " + ratio);

        long startNs = path.nowNs;
        long idleNs = 0;
        for (int i = 0; i < 30_000; i++) {
            run(1, Integer.MAX_VALUE);
            idleNs += Math.clamp(path.nowNs - path.freeNs, 0, MS);
        }

        long leastMs = (long) (FlightLimit.LEAST_BYTES / path.bytesPerSecond * 1e3);
        long queue = queueMs();
        // the half that a look at the empty path let drain comes back at once, and a fifth more
        assertTrue(queue <= Math.max(leastMs, 18) + delayMs * 7 / 10, "queue of " + queue + " ms");
        assertTrue(idleNs * 20 < path.nowNs - startNs, "idle for " + idleNs / MS + " ms");
    }

    @Test
    void findsARateThatFellAndOneThatRose() {
        learnAPathOf20Megabits();
        path.bytesPerSecond = 250_000;
        run(6_000, Integer.MAX_VALUE);
        assertTrue(flight.rateBytesPerSecond() < 300_000, "fell: " + flight.rateBytesPerSecond());
        path.bytesPerSecond = 2_500_000;
        run(15_000, Integer.MAX_VALUE);
        assertTrue(flight.rateBytesPerSecond() > 2_200_000, "rose: " + flight.rateBytesPerSecond());
    }

    @Test
    void whatIsSentSlowlySaysNothingOfThePath() {
        learnAPathOf20Megabits();
        long before = flight.rateBytesPerSecond();
        run(60_000, 100);
        assertTrue(flight.rateBytesPerSecond() > before * 0.9);
    }

    @Test
    void pausesThatComeAgainAndAgainAreNotTakenForAQueue() {
        learnAPathOf20Megabits();
        long before = flight.limitBytes();
        pause();
        assertTrue(flight.limitBytes() < before * 1.3, "once: " + flight.limitBytes());
        pause();
        pause();
        pause();
        long after = flight.limitBytes();
        assertTrue(after > before + 100_000, before + " and then " + after);
        assertTrue(after <= 2_500_000 * 0.225 * 1.25, "not more than three round trips: " + after);
    }

    /** As behind a lost segment, which TCP sends again. */
    private void pause() {
        pause(100);
    }

    private void pause(long ms) {
        path.deafUntilNs = path.nowNs + ms * MS;
        run(200, Integer.MAX_VALUE);
    }

    @Test
    void aBusyProcessorsPausesAreAllowedForOnce() {
        learnAPathOf20Megabits();
        long before = flight.limitBytes();
        for (int i = 0; i < 6; i++) {
            pause(10);
        }
        assertTrue(flight.limitBytes() < before * 1.3 * 1.25, "after: " + flight.limitBytes());
    }

    @Test
    void messagesTakeThreeMilliseconds() {
        assertEquals(Integer.MAX_VALUE, flight.messageBytes());
        path.bytesPerSecond = 2_500_000;
        path.delayNs = 20 * MS;
        run(3_000, Integer.MAX_VALUE);
        assertEquals(7_500, flight.messageBytes(), 750);
        path.bytesPerSecond = 10_000;
        run(60_000, Integer.MAX_VALUE);
        assertEquals(3_000, flight.messageBytes());
    }

    @Test
    void answersToNothingChangeNothing() {
        flight.onPong(7, 5);
        flight.onPong(0, 5);
        assertFalse(flight.isFull());
        assertEquals(0, flight.rateBytesPerSecond());
        for (int i = 0; i < 1_000; i++) { // a peer that never answers
            flight.onSent(MESSAGE * 10);
            if (flight.wantsPing()) {
                flight.onPing(i + 1, i);
            }
        }
        assertTrue(flight.isFull()); // until liveness ends it
        flight.onPong(Long.MAX_VALUE, 2_000);
        flight.onPong(1, 2_001);
        assertTrue(flight.limitBytes() >= FlightLimit.LEAST_BYTES);
    }

    @Test
    void holdsRoomForAsManyPingsAsAreUnderWay() {
        assertEquals(0, flight.capacity());
        flight.onSent(MESSAGE);
        assertFalse(flight.wantsPing());
        learnAPathOf20Megabits();
        int room = flight.capacity();
        assertTrue(room > 4 && room <= 256, "room for " + room);
        flight.trim();
        assertEquals(room, flight.capacity(), "there were some since");
        path.deafUntilNs = Long.MAX_VALUE;
        run(1, Integer.MAX_VALUE);
        flight.trim();
        flight.trim();
        assertEquals(room, flight.capacity(), "some are under way");
        path.deafUntilNs = 0;
        path.nowNs += 1_000 * MS;
        run(1, 0);
        flight.trim();
        flight.trim();
        assertEquals(0, flight.capacity());
    }

    @Test
    void keepsPingsInOrderWhileTheRoomForThemGrows() {
        for (int i = 1; i <= 3; i++) { // so that the ring has turned when it grows
            flight.onSent(4_096);
            flight.onPing(i, path.nowNs);
        }
        flight.onPong(2, path.nowNs += MS);
        for (int i = 4; i <= 100; i++) {
            flight.onSent(4_096);
            flight.onPing(i, path.nowNs);
        }
        flight.onPong(99, path.nowNs += MS);
        flight.onSent((int) flight.limitBytes() - 4_096);
        assertTrue(flight.isFull(), "one is not answered");
        flight.onPong(100, path.nowNs);
        assertFalse(flight.isFull());
    }

    @Test
    void remembersNoMorePingsThanItsBound() {
        for (int i = 1; i <= 256; i++) {
            flight.onSent(1 << 20);
            assertTrue(flight.wantsPing());
            flight.onPing(i, path.nowNs);
        }
        flight.onSent(1 << 20);
        assertFalse(flight.wantsPing());
        assertEquals(256, flight.capacity());
    }
}
