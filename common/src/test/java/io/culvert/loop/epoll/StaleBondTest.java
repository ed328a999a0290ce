package io.culvert.loop.epoll;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culvert.libc.TestPipe;
import io.culvert.loop.EventLoop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A bond whose descriptor was closed before it was cancelled, and whose number is used again. */
final class StaleBondTest {
    private final List<String> seen = new ArrayList<>();

    @Test
    void isReplaced() throws Exception {
        try (EpollLoop loop = EpollLoop.open(() -> 0);
                TestPipe first = new TestPipe()) {
            int fd = first.readFd();
            EventLoop.Registration stale = loop.register(fd, (r, w) -> seen.add("stale"));
            first.closeRead();
            try (TestPipe second = new TestPipe()) {
                assertEquals(fd, second.readFd(), "the lowest free number");
                loop.register(fd, (r, w) -> seen.add("fresh " + second.take()));
                stale.cancel();
                second.put(7);
                loop.execute(loop::stop);
                loop.run();
            }
        }
        assertEquals(List.of("fresh 7"), seen);
    }
}
