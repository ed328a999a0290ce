package io.culvert.client.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopTimerTest {
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long NONE = -1;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private int fired;
    private final LoopTimer timer = new LoopTimer(channel.eventLoop(), () -> fired++);

    @AfterEach
    void close() {
        var _ = channel.close();
    }

    private void pass(long seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void firesOnce() {
        channel.freezeTime();
        timer.arm(SECOND_NS);

        pass(1);
        pass(1);

        assertEquals(1, fired);
    }

    @Test
    void deadlineThatMovesBackIsTheOneThatCounts() {
        channel.freezeTime();
        timer.arm(SECOND_NS);
        timer.arm(3 * SECOND_NS);

        pass(2);
        assertEquals(0, fired);
        pass(1);
        assertEquals(1, fired);
    }

    @Test
    void cancelledOneIsHeldByNobody() {
        channel.freezeTime();
        timer.arm(3600 * SECOND_NS);

        timer.cancel();

        assertEquals(NONE, channel.runScheduledPendingTasks());
    }

    @Test
    void cancelledOneMayBeArmedAgain() {
        channel.freezeTime();
        timer.arm(5 * SECOND_NS);
        timer.cancel();
        timer.arm(SECOND_NS);

        pass(1);

        assertEquals(1, fired);
    }
}
