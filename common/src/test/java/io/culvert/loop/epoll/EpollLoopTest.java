package io.culvert.loop.epoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.libc.BootTimeClock;
import io.culvert.libc.OpenDescriptors;
import io.culvert.libc.TestPipe;
import io.culvert.loop.EventLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The loop runs on the test's own thread; its clock stands still unless a test moves it. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class EpollLoopTest {
    private final AtomicLong nowNs = new AtomicLong();
    private final List<String> seen = new ArrayList<>();
    private final TestPipe first = new TestPipe();
    private final TestPipe second = new TestPipe();
    private EpollLoop loop;

    @BeforeEach
    void open() throws IOException {
        loop = EpollLoop.open(nowNs::get);
    }

    @AfterEach
    void close() {
        loop.close();
        first.close();
        second.close();
    }

    /** A few turns: each task runs one turn after the one that left it. */
    private void turns(int count) throws IOException {
        leave(count);
        loop.run();
    }

    private void leave(int count) {
        if (count == 0) {
            loop.stop();
        } else {
            loop.execute(() -> leave(count - 1));
        }
    }

    @Test
    void tellsAListenerUntilTheDescriptorIsRead() throws Exception {
        first.put(1);
        loop.register(
                first.readFd(),
                (readable, writable) -> {
                    assertTrue(readable);
                    assertFalse(writable);
                    seen.add("ready");
                    if (seen.size() == 3) {
                        first.take();
                    }
                });
        turns(6);
        assertEquals(List.of("ready", "ready", "ready"), seen);
    }

    @Test
    void waitsForWritabilityOnlyWhenAsked() throws Exception {
        EventLoop.Registration registration =
                loop.register(
                        first.writeFd(),
                        (readable, writable) -> seen.add(readable + " " + writable));
        turns(2);
        assertEquals(List.of(), seen);
        registration.interest(false, true);
        turns(1);
        assertTrue(seen.contains("false true"), seen.toString());
        first.fill();
        seen.clear();
        turns(2);
        assertEquals(List.of(), seen);
        first.drain();
        turns(1);
        assertFalse(seen.isEmpty());
        registration.interest(false, false);
        seen.clear();
        turns(2);
        assertEquals(List.of(), seen);
    }

    @Test
    void tellsAFailureAsReadableAndWritableUntilTheListenerCancels() throws Exception {
        EventLoop.Registration[] registration = new EventLoop.Registration[1];
        registration[0] =
                loop.register(
                        first.readFd(),
                        (readable, writable) -> {
                            seen.add(readable + " " + writable);
                            registration[0].cancel();
                        });
        registration[0].interest(false, false);
        first.closeWrite();
        turns(3);
        assertEquals(List.of("true true"), seen);
    }

    @Test
    void tellsNothingAfterCancel() throws Exception {
        EventLoop.Registration registration =
                loop.register(first.readFd(), (r, w) -> seen.add("ready"));
        first.put(1);
        registration.cancel();
        registration.cancel();
        registration.interest(true, true);
        turns(2);
        assertEquals(List.of(), seen);
        assertEquals(1, first.take());
    }

    @Test
    void keepsAnEventFromABondThatWasCancelledInTheSameTurn() throws Exception {
        assertOnlyOneIsTold(EventLoop.Registration::cancel);
    }

    @Test
    void keepsAnEventFromABondThatLostInterestInTheSameTurn() throws Exception {
        assertOnlyOneIsTold(other -> other.interest(false, false));
    }

    /** Both are ready in one turn; whoever is told first silences the other. */
    private void assertOnlyOneIsTold(Consumer<EventLoop.Registration> silence) throws IOException {
        EventLoop.Registration[] bonds = new EventLoop.Registration[2];
        bonds[0] = loop.register(first.readFd(), (r, w) -> tell("first", silence, bonds[1]));
        bonds[1] = loop.register(second.readFd(), (r, w) -> tell("second", silence, bonds[0]));
        first.put(1);
        second.put(1);
        turns(1);
        assertEquals(1, seen.stream().distinct().count(), seen.toString());
    }

    private void tell(
            String name, Consumer<EventLoop.Registration> silence, EventLoop.Registration other) {
        seen.add(name);
        silence.accept(other);
    }

    @Test
    void keepsAnEventFromABondThatWasMadeAnewInTheSameTurn() throws Exception {
        // Whoever is told first bonds the other's descriptor anew, without interest. The event that
        // was fetched for the old bond must reach neither.
        EventLoop.Registration[] bonds = new EventLoop.Registration[2];
        bonds[0] = loop.register(first.readFd(), (r, w) -> bondAnew(bonds, 1, second.readFd()));
        bonds[1] = loop.register(second.readFd(), (r, w) -> bondAnew(bonds, 0, first.readFd()));
        first.put(1);
        second.put(1);
        turns(1);
        assertEquals(List.of("told"), seen.stream().distinct().toList());
    }

    private void bondAnew(EventLoop.Registration[] bonds, int other, int fd) {
        seen.add("told");
        bonds[other].cancel();
        bonds[other] = loop.register(fd, (r, w) -> seen.add("stale"));
        bonds[other].interest(false, false);
    }

    @Test
    void registersInACallback() throws Exception {
        first.put(1);
        second.put(1);
        loop.register(
                first.readFd(),
                (r, w) -> {
                    first.take();
                    loop.register(
                            second.readFd(),
                            (r2, w2) -> {
                                second.take();
                                seen.add("second");
                            });
                });
        turns(4);
        assertEquals(List.of("second"), seen);
    }

    @Test
    void refusesADescriptorThatIsRegisteredAlready() {
        EventLoop.Registration bond = loop.register(first.readFd(), (r, w) -> {});
        assertThrows(
                IllegalStateException.class, () -> loop.register(first.readFd(), (r, w) -> {}));
        bond.cancel();
        loop.register(first.readFd(), (r, w) -> {}).cancel();
    }

    @Test
    void refusesADescriptorThatIsNotOpen() {
        int fd = first.readFd();
        first.closeRead();
        assertThrows(IllegalStateException.class, () -> loop.register(fd, (r, w) -> {}));
        // The place is free again: nothing of the failed attempt is left.
        assertThrows(IllegalStateException.class, () -> loop.register(fd, (r, w) -> {}));
    }

    @Test
    void letsGoOfADescriptorThatWasClosedFirst() throws Exception {
        EventLoop.Registration bond = loop.register(first.readFd(), (r, w) -> seen.add("ready"));
        first.closeRead();
        bond.cancel();
        turns(1);
        assertEquals(List.of(), seen);
    }

    @Test
    void runsTasksInOrderAndThoseTheyLeaveAfterwards() throws Exception {
        loop.execute(() -> {
            seen.add("a");
            loop.execute(() -> seen.add("c"));
            loop.execute(loop::stop);
        });
        loop.execute(() -> seen.add("b"));
        loop.run();
        assertEquals(List.of("a", "b", "c"), seen);
    }

    @Test
    void wakesForATaskOfAnotherThread() throws Exception {
        // Nothing is ready and no timer is armed: only the wake-up ends the wait.
        CountDownLatch running = new CountDownLatch(1);
        Thread owner = Thread.currentThread();
        loop.execute(running::countDown);
        Thread other =
                Thread.ofPlatform()
                        .start(() -> {
                            awaitQuietly(running);
                            loop.execute(() -> {
                                assertSame(owner, Thread.currentThread());
                                seen.add("woken");
                                loop.stop();
                            });
                        });
        loop.run();
        other.join();
        assertEquals(List.of("woken"), seen);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void losesNoTaskOfManyThreads() throws Exception {
        int threads = 4;
        int each = 20_000;
        AtomicInteger done = new AtomicInteger();
        Runnable task =
                () -> {
                    if (done.incrementAndGet() == threads * each) {
                        loop.stop();
                    }
                };
        List<Thread> others = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            others.add(Thread.ofPlatform().start(() -> leaveOften(task, each)));
        }
        loop.run();
        for (Thread other : others) {
            other.join();
        }
        assertEquals(threads * each, done.get());
    }

    private void leaveOften(Runnable task, int count) {
        for (int i = 0; i < count; i++) {
            loop.execute(task);
        }
    }

    @Test
    void firesTimersBetweenEventsAndTasks() throws Exception {
        EventLoop.Timer timer = loop.timer(() -> seen.add("timer"));
        timer.arm(5_000_000);
        loop.execute(() -> nowNs.addAndGet(5_000_000));
        turns(2);
        assertEquals(List.of("timer"), seen);
        turns(2);
        assertEquals(List.of("timer"), seen);
    }

    @Test
    void wakesForATimerWithNothingElseToDo() throws Exception {
        try (EpollLoop real = EpollLoop.open(new BootTimeClock()::nowNs)) {
            long begin = System.nanoTime();
            real.timer(real::stop).arm(3_000_000);
            real.run();
            assertTrue(System.nanoTime() - begin >= 3_000_000);
        }
    }

    @Test
    void throwsOnWhatAListenerThrowsAndMayRunAgain() throws Exception {
        IllegalStateException bug = new IllegalStateException("a bug");
        EventLoop.Registration bond =
                loop.register(
                        first.readFd(),
                        (r, w) -> {
                            throw bug;
                        });
        first.put(1);
        assertSame(bug, assertThrows(IllegalStateException.class, loop::run));
        bond.cancel();
        turns(1);
    }

    @Test
    void endsAtOnceWhenStoppedBefore() throws Exception {
        loop.stop();
        loop.run();
        loop.execute(() -> seen.add("again"));
        loop.stop();
        loop.run();
        assertEquals(List.of("again"), seen);
    }

    @Test
    void refusesASecondThreadAndClosingWhileItRuns() throws Exception {
        loop.execute(() -> {
            assertThrows(IllegalStateException.class, loop::run);
            assertThrows(IllegalStateException.class, loop::close);
            loop.stop();
        });
        loop.run();
        loop.close();
        loop.close();
        assertThrows(IllegalStateException.class, loop::run);
    }

    @Test
    void dropsTasksAndLetsGoOfBondsAfterClose() {
        EventLoop.Registration bond = loop.register(first.readFd(), (r, w) -> {});
        loop.close();
        loop.execute(() -> seen.add("never"));
        loop.stop();
        bond.interest(false, true);
        bond.cancel();
        assertThrows(
                IllegalStateException.class, () -> loop.register(first.readFd(), (r, w) -> {}));
        assertEquals(List.of(), seen);
    }

    @Test
    void takesDescriptorsWithHighNumbers() throws Exception {
        List<TestPipe> pipes = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            pipes.add(new TestPipe());
        }
        for (TestPipe pipe : pipes) {
            loop.register(
                    pipe.readFd(),
                    (r, w) -> {
                        pipe.take();
                        seen.add("ready");
                    });
            pipe.put(1);
        }
        turns(4);
        assertEquals(100, seen.size());
        pipes.forEach(TestPipe::close);
    }

    @Test
    void leavesNoDescriptorOpen() throws Exception {
        Map<Integer, String> before = OpenDescriptors.now();
        for (int i = 0; i < 50; i++) {
            try (EpollLoop other = EpollLoop.open(nowNs::get)) {
                other.stop();
                other.run();
            }
        }
        assertEquals(before, OpenDescriptors.now());
    }
}
