package io.culvert.libc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class BootTimeClockTest {
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final BootTimeClock clock = new BootTimeClock();

    @Test
    void neverGoesBack() {
        long last = clock.nowNs();
        for (int i = 0; i < 10_000; i++) {
            long now = clock.nowNs();
            assertTrue(now >= last, now + " after " + last);
            last = now;
        }
    }

    @Test
    void agreesWithTheUptimeOfTheMachine() throws Exception {
        String uptime = Files.readString(Path.of("/proc/uptime"));
        double seconds = clock.nowNs() / (double) NS_PER_SECOND;
        assertEquals(Double.parseDouble(uptime.substring(0, uptime.indexOf(' '))), seconds, 5.0);
    }

    @Test
    void servesOtherThreads() throws Exception {
        long before = clock.nowNs();
        AtomicLong seen = new AtomicLong();
        Thread.ofPlatform().start(() -> seen.set(clock.nowNs())).join();
        assertTrue(seen.get() >= before);
        assertTrue(clock.nowNs() >= seen.get());
    }
}
