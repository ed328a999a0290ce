package io.culvert.netstack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class RenoTest {
    private static final int SEGMENT = 1000;

    /** What a peer may repeat in a minute, and in two. */
    private static final int REPEATED = 1 << 21;

    private final Scoreboard board = new Scoreboard(new SentPool());
    private final Delivery delivery = new Delivery();
    private final Reno reno = new Reno();

    private void repeat(int times) {
        for (int i = 0; i < times; i++) {
            delivery.begin(0, SEGMENT, i, Delivery.NO_ECHO, true);
            reno.onAck(delivery, board, false, SEGMENT, SEGMENT);
        }
    }

    @Test
    void acknowledgmentsThatRepeatThemselvesForEverAreCountedToAnEnd() {
        board.onSent(0, SEGMENT, 0);
        repeat(REPEATED);
        int most = reno.duplicates();
        repeat(REPEATED);
        assertEquals(most, reno.duplicates());
    }
}
