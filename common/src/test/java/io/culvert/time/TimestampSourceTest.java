package io.culvert.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Timestamps under a clock that stands, jumps forwards and jumps back (CVE-2021-46873). */
final class TimestampSourceTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private Instant now = START;
    private final TimestampSource source = new TimestampSource(() -> now);

    @Test
    void followsTheClockWhileItMovesForward() {
        assertEquals(Tai64n.of(START), source.next());
        now = START.plusSeconds(5);
        assertEquals(Tai64n.of(now), source.next());
    }

    @Test
    void growsWhileTheClockStands() {
        Tai64n last = source.next();
        for (int i = 0; i < 200; i++) {
            Tai64n next = source.next();
            assertTrue(next.isAfter(last));
            assertEquals(last.next(), next);
            last = next;
        }
    }

    @Test
    void growsWithinOneGrainOfTheClock() {
        Tai64n first = source.next();
        now = now.plusNanos(1_000_000);
        assertEquals(first.next(), source.next());
    }

    @Test
    void growsAfterTheClockWasSetBack() {
        now = START.plus(Duration.ofDays(365 * 60));
        Tai64n ahead = source.next();
        now = START;
        Tai64n next = source.next();
        assertTrue(next.isAfter(ahead));
        assertEquals(ahead.next(), next);
        now = Instant.EPOCH;
        assertTrue(source.next().isAfter(next));
    }

    @Test
    void followsTheClockAgainOnceItHasCaughtUp() {
        now = START.plusSeconds(10);
        source.next();
        now = START;
        source.next();
        now = START.plusSeconds(11);
        assertEquals(Tai64n.of(now), source.next());
    }

    /** A machine without a battery for its clock starts in 1970 and remembers its last stamp. */
    @Test
    void staysAheadOfTheTimestampThatWasKept() {
        Tai64n kept = Tai64n.of(START);
        now = Instant.EPOCH;
        TimestampSource restarted = new TimestampSource(() -> now, kept);
        assertEquals(kept.next(), restarted.next());
        now = START.plusSeconds(1);
        assertEquals(Tai64n.of(now), restarted.next());
    }

    @Test
    void growsUnderAnyWalkOfTheClock() {
        long seed = System.nanoTime();
        System.out.println("TimestampSourceTest seed " + seed);
        Random random = new Random(seed);
        Tai64n last = source.next();
        for (int i = 0; i < 10_000; i++) {
            now =
                    switch (random.nextInt(4)) {
                        case 0 -> now.plusNanos(random.nextInt(40_000_000));
                        case 1 -> now.plusSeconds(random.nextInt(100_000));
                        case 2 -> now.minusSeconds(random.nextInt(100_000));
                        default -> START.plusSeconds(random.nextInt());
                    };
            Tai64n next = source.next();
            assertTrue(next.isAfter(last), "step " + i);
            last = next;
        }
    }

    @Test
    void neverGivesATimestampTwiceToTwoThreads() throws InterruptedException {
        ConcurrentLinkedQueue<Tai64n> given = new ConcurrentLinkedQueue<>();
        Runnable taker =
                () -> {
                    for (int i = 0; i < 2000; i++) {
                        given.add(source.next());
                    }
                };
        List<Thread> threads = Collections.nCopies(3, taker).stream().map(Thread::new).toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(6000, new TreeSet<>(given).size());
    }
}
