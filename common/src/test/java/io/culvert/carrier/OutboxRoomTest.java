package io.culvert.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What an outbox holds, by what it needs. */
final class OutboxRoomTest {
    private static final int USUAL = 16_364;

    private final OutboxRoom room = new OutboxRoom(USUAL);

    @Test
    void holdsLittleForOneThatSaysLittle() {
        room.require(60);
        assertTrue(room.array().length <= 128);
        room.require(1500);
        assertTrue(room.array().length <= 2048);
    }

    @Test
    void growsToTheUsualInAFewStepsAndKeepsWhatStandsThere() {
        room.array()[0] = 42;
        int before = room.array().length;
        int steps = 0;
        for (int bytes = 1; bytes <= USUAL; bytes++) {
            room.require(bytes);
            steps += room.array().length == before ? 0 : 1;
            before = room.array().length;
        }
        assertTrue(steps <= 5, steps + " steps");
        assertEquals(USUAL, room.array().length);
        assertEquals(42, room.array()[0]);
    }

    @Test
    void allocatesNothingWhileAsMuchIsNeeded() {
        room.require(USUAL);
        byte[] array = room.array();
        for (int i = 0; i < 10; i++) {
            room.require(USUAL / 3);
            room.trim();
            assertSame(array, room.array());
        }
    }

    @Test
    void givesBackWhatWasNotNeededSinceTheTrimBefore() {
        room.require(USUAL);
        room.trim();
        assertEquals(USUAL, room.array().length, "it was needed since");
        room.require(1000);
        room.trim();
        assertEquals(1000, room.array().length);
        room.trim();
        assertTrue(room.array().length <= 128);
    }

    @Test
    void givesTheRoomOfALongDatagramBackAtOnce() {
        room.require(60_000);
        room.trim();
        assertEquals(60_000, room.array().length, "it was needed since");
        room.require(USUAL);
        room.trim();
        assertEquals(USUAL, room.array().length);
    }
}
