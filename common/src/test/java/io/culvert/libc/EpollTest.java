package io.culvert.libc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class EpollTest {
    @Test
    void tellsOfAReadableDescriptorUntilItIsRead() throws Exception {
        try (Epoll epoll = Epoll.open(8);
                TestPipe pipe = new TestPipe()) {
            epoll.add(pipe.readFd(), Epoll.IN, 0x1122334455667788L);
            assertEquals(0, epoll.await(0));
            pipe.put(7);
            for (int i = 0; i < 3; i++) {
                assertEquals(1, epoll.await(-1));
                assertEquals(Epoll.IN, epoll.mask(0));
                assertEquals(0x1122334455667788L, epoll.data(0));
            }
            assertEquals(7, pipe.take());
            assertEquals(0, epoll.await(0));
        }
    }

    @Test
    void keepsEventsOfSeveralDescriptorsApart() throws Exception {
        try (Epoll epoll = Epoll.open(8);
                TestPipe first = new TestPipe();
                TestPipe second = new TestPipe()) {
            epoll.add(first.readFd(), Epoll.IN, -2);
            epoll.add(second.readFd(), Epoll.IN, 1L << 62);
            epoll.add(second.writeFd(), Epoll.OUT, 5);
            first.put(1);
            second.put(1);
            assertEquals(3, epoll.await(0));
            long sum = 0;
            for (int i = 0; i < 3; i++) {
                sum += epoll.data(i);
                assertEquals(epoll.data(i) == 5 ? Epoll.OUT : Epoll.IN, epoll.mask(i));
            }
            assertEquals((1L << 62) - 2 + 5, sum);
        }
    }

    @Test
    void tellsNoMoreEventsThanAskedFor() throws Exception {
        try (Epoll epoll = Epoll.open(1);
                TestPipe first = new TestPipe();
                TestPipe second = new TestPipe()) {
            epoll.add(first.writeFd(), Epoll.OUT, 1);
            epoll.add(second.writeFd(), Epoll.OUT, 2);
            assertEquals(1, epoll.await(0));
            long one = epoll.data(0);
            assertEquals(1, epoll.await(0));
            assertEquals(3 - one, epoll.data(0));
        }
    }

    @Test
    void changesAndForgetsDescriptors() throws Exception {
        try (Epoll epoll = Epoll.open(8);
                TestPipe pipe = new TestPipe()) {
            epoll.add(pipe.writeFd(), 0, 1);
            assertEquals(0, epoll.await(0));
            epoll.modify(pipe.writeFd(), Epoll.OUT, 2);
            assertEquals(1, epoll.await(0));
            assertEquals(2, epoll.data(0));
            epoll.remove(pipe.writeFd());
            assertEquals(0, epoll.await(0));
        }
    }

    @Test
    void tellsOfAnEndThatIsGoneEvenWhenNothingIsAskedFor() throws Exception {
        try (Epoll epoll = Epoll.open(8);
                TestPipe pipe = new TestPipe()) {
            epoll.add(pipe.readFd(), 0, 1);
            epoll.add(pipe.writeFd(), 0, 2);
            pipe.closeWrite();
            assertEquals(1, epoll.await(0));
            assertEquals(Epoll.HUP, epoll.mask(0));
            assertEquals(1, epoll.data(0));
        }
    }

    @Test
    void refusesADescriptorTwiceAndOneThatIsUnknown() throws Exception {
        try (Epoll epoll = Epoll.open(8);
                TestPipe pipe = new TestPipe()) {
            epoll.add(pipe.readFd(), Epoll.IN, 1);
            assertErrno(Errno.EEXIST, () -> epoll.add(pipe.readFd(), Epoll.IN, 1));
            assertErrno(Errno.ENOENT, () -> epoll.modify(pipe.writeFd(), Epoll.IN, 1));
            assertErrno(Errno.ENOENT, () -> epoll.remove(pipe.writeFd()));
            assertErrno(Errno.EBADF, () -> epoll.remove(Integer.MAX_VALUE));
        }
    }

    private static void assertErrno(int errno, org.junit.jupiter.api.function.Executable call) {
        assertEquals(errno, assertThrows(LibcException.class, call).errno());
    }

    @Test
    void isWokenByAnotherThreadThroughAnEventFd() throws Exception {
        try (Epoll epoll = Epoll.open(8);
                EventFd event = EventFd.open()) {
            epoll.add(event.fd(), Epoll.IN, 1);
            Thread other = Thread.ofPlatform().start(event::signal);
            assertEquals(1, epoll.await(-1));
            assertEquals(1, event.drain());
            other.join();
            assertEquals(0, epoll.await(0));
        }
    }

    @Test
    void countsTheSignalsOfAnEventFd() throws Exception {
        try (EventFd event = EventFd.open()) {
            assertEquals(0, event.drain());
            event.signal();
            event.signal();
            event.signal();
            assertEquals(3, event.drain());
            assertEquals(0, event.drain());
        }
    }

    @Test
    void leavesNoDescriptorOpen() throws Exception {
        Map<Integer, String> before = OpenDescriptors.now();
        for (int i = 0; i < 100; i++) {
            try (Epoll epoll = Epoll.open(8);
                    EventFd event = EventFd.open()) {
                epoll.add(event.fd(), Epoll.IN, 1);
            }
        }
        assertEquals(before, OpenDescriptors.now());
    }
}
