package io.culvert.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The replay window against RFC 6479's rules, at its edges and against a naive model. */
final class ReplayWindowTest {
    /** Counters this far behind the greatest are still told apart. */
    private static final long W = 8128;

    /** The greatest counter that may ever be used: one below REJECT-AFTER-MESSAGES. */
    private static final long LAST = Session.REJECT_AFTER_MESSAGES - 1;

    private final ReplayWindow window = new ReplayWindow();

    @Test
    void theWindowIsAsLongAsWireGuardsSays() {
        assertEquals(8192, ReplayWindow.BITS);
        assertEquals(W, ReplayWindow.WINDOW);
    }

    @Test
    void anyFirstCounterIsTaken() {
        for (long first : new long[] {0, 1, 63, 64, 8127, 8128, 8192, 1L << 40, LAST, -1}) {
            assertTrue(new ReplayWindow().accept(first), "first " + first);
        }
    }

    @Test
    void eachCounterIsTakenOnce() {
        for (long counter = 0; counter < 3 * W; counter++) {
            assertTrue(window.accept(counter));
            assertFalse(window.accept(counter));
        }
    }

    @Test
    void disorderWithinTheWindowIsTaken() {
        accepts(9, 8, 7);
        refuses(7, 8, 9);
        accepts(6, 5, 0);
        refuses(0);
        accepts(1);
    }

    @Test
    void theEdgeIsExact() {
        long top = 4 * W;
        accepts(top, top - W);
        refuses(top - W, top - W - 1, top - W - 2, 0);
        accepts(top - W + 1);
        refuses(top);
    }

    @Test
    void theEdgeIsExactAtEveryPositionOfAWord() {
        for (long shift = 0; shift < 130; shift++) {
            ReplayWindow fresh = new ReplayWindow();
            long top = 20_000 + shift;
            assertTrue(fresh.accept(top));
            assertFalse(fresh.accept(top - W - 1), "shift " + shift);
            assertTrue(fresh.accept(top - W), "shift " + shift);
            assertFalse(fresh.accept(top - W), "shift " + shift);
        }
    }

    @Test
    void oneStepForwardMovesTheEdgeByOne() {
        accepts(W, 0);
        accepts(W + 1);
        refuses(0);
        accepts(1);
        accepts(W + 2);
        refuses(1);
        accepts(2);
    }

    @Test
    void aJumpOverTheWholeWindowForgetsIt() {
        accepts(5, 70, 8000);
        long far = 1L << 33;
        accepts(far);
        for (long behind = 1; behind <= W; behind++) {
            assertTrue(window.accept(far - behind), "behind " + behind);
        }
        refuses(far - W - 1, 5, 8000);
    }

    @Test
    void jumpsOfEveryLengthForgetExactlyWhatTheyPass() {
        for (long jump : new long[] {1, 63, 64, 65, 127, 128, W - 1, W, W + 1, 8191, 8192, 8193}) {
            ReplayWindow fresh = new ReplayWindow();
            long base = 3 * W + 17;
            for (long counter = base - W; counter <= base; counter++) {
                assertTrue(fresh.accept(counter));
            }
            long top = base + jump;
            assertTrue(fresh.accept(top), "jump " + jump);
            for (long counter = top - W; counter < top; counter++) {
                boolean isSeen = counter <= base;
                assertEquals(!isSeen, fresh.accept(counter), jump + ": " + (counter - base));
            }
        }
    }

    @Test
    void descendingFromTheTopIsTakenWholeOnce() {
        for (long counter = W; counter >= 0; counter--) {
            assertTrue(window.accept(counter));
        }
        for (long counter = W; counter >= 0; counter--) {
            assertFalse(window.accept(counter));
        }
    }

    @Test
    void countersAreUnsigned() {
        accepts(Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE + 1);
        refuses(Long.MAX_VALUE, 0, 1);
        accepts(LAST);
        refuses(LAST, LAST - W - 1, Long.MIN_VALUE);
        accepts(LAST - W, LAST - 1);
        accepts(-1);
        refuses(-1);
    }

    @Test
    void agreesWithANaiveModelOverRandomWalks() {
        long seed = System.nanoTime();
        for (int walk = 0; walk < 40; walk++) {
            try {
                walk(new Random(seed + walk));
            } catch (AssertionError e) {
                throw new AssertionError("seed " + (seed + walk) + ": " + e.getMessage(), e);
            }
        }
        System.out.println("replay window: seed " + seed);
    }

    private static void walk(Random random) {
        ReplayWindow window = new ReplayWindow();
        TreeSet<Long> seen = new TreeSet<>(Long::compareUnsigned);
        long top = random.nextBoolean() ? random.nextInt(200) : random.nextLong() >>> 1;
        boolean isFirst = true;
        for (int i = 0; i < 20_000; i++) {
            long counter = step(random, top);
            boolean isOld = !isFirst && Long.compareUnsigned(counter, top) < 0 && top - counter > W;
            boolean expected = !isOld && seen.add(counter);
            assertEquals(
                    expected, window.accept(counter), "step " + i + ": " + counter + " of " + top);
            if (isFirst || Long.compareUnsigned(counter, top) > 0) {
                top = counter;
                isFirst = false;
            }
            while (!seen.isEmpty() && top - seen.first() > W) {
                seen.pollFirst();
            }
        }
    }

    private static long step(Random random, long top) {
        return switch (random.nextInt(10)) {
            case 0 -> top + random.nextInt(20_000);
            case 1 -> top + 64L * random.nextInt(140);
            case 2, 3 -> top - Math.min(top, random.nextInt(9000));
            case 4 -> top - Math.min(top, W - 2 + random.nextInt(5));
            case 5 -> top;
            case 6 -> random.nextInt(400) == 0 ? top + (random.nextLong() >>> 20) : top + 1;
            default -> top + 1 + random.nextInt(3);
        };
    }

    private void accepts(long... counters) {
        for (long counter : counters) {
            assertTrue(window.accept(counter), "refused " + counter);
        }
    }

    private void refuses(long... counters) {
        for (long counter : counters) {
            assertFalse(window.accept(counter), "took " + counter);
        }
    }
}
