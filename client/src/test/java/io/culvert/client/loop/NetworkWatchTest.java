package io.culvert.client.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culvert.client.testkit.ManualLoop;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NetworkWatchTest {
    private final ManualLoop loop = new ManualLoop();
    private long nowNs = -7_000_000_000L;
    private int told;
    private final NetworkWatch watch = new NetworkWatch(loop, () -> nowNs, () -> told++);

    private void pass(long ms) {
        for (long i = 0; i < ms; i += 10) {
            nowNs += TimeUnit.MILLISECONDS.toNanos(10);
            loop.advance(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    @Test
    void tellsOnceWhenChangesHaveSettled() {
        watch.onChange();
        pass(300);
        watch.onChange();
        assertEquals(0, told);
        pass(200);
        assertEquals(1, told);
        pass(10_000);
        assertEquals(1, told);
    }

    @Test
    void tellsAtMostEveryTwoSeconds() {
        for (int i = 0; i < 1_000; i++) {
            watch.onChange();
            pass(10);
        }
        assertEquals(5, told); // after 0.5 s, 2.5 s, 4.5 s, 6.5 s, 8.5 s
    }

    @Test
    void tellsOfALoneChangeSoonHoweverLongAgoTheLastWas() {
        watch.onChange();
        pass(500);
        assertEquals(1, told);
        pass(60_000);
        watch.onChange();
        pass(500);
        assertEquals(2, told);
    }

    @Test
    void tellsNothingAfterClose() {
        watch.onChange();
        watch.close();
        pass(10_000);
        assertEquals(0, told);
    }
}
