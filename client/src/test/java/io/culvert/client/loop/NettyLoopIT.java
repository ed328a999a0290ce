package io.culvert.client.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.client.testkit.LeakWatch;
import io.culvert.libc.Channels;
import io.culvert.loop.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real descriptors in the loop, by both transports. */
@Tag("loopback")
@ExtendWith(LeakWatch.class)
class NettyLoopIT {
    /** Longer than any hop; what spins shows thousands of calls in it. */
    private static final long PAUSE_MS = 150;

    /** Runs something on the loop and waits for its result. */
    private static <T> T on(NettyLoop loop, Callable<T> task) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                result.complete(task.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result.get(10, TimeUnit.SECONDS);
    }

    private static Pipe openPipe() throws IOException {
        Pipe pipe = Pipe.open();
        pipe.source().configureBlocking(false);
        pipe.sink().configureBlocking(false);
        return pipe;
    }

    private static void awaitCount(AtomicInteger counter, int least) throws InterruptedException {
        synchronized (counter) {
            for (int i = 0; i < 100 && counter.get() < least; i++) {
                counter.wait(100);
            }
        }
        assertTrue(counter.get() >= least, "count is " + counter + ", not yet " + least);
    }

    private static void count(AtomicInteger counter, int more) {
        synchronized (counter) {
            counter.addAndGet(more);
            counter.notifyAll();
        }
    }

    /**
     * Lets the loop turn for a while: that nothing comes has no event to wait for. A task after a
     * timer is behind all that was ready before.
     */
    private static void turn(NettyLoop loop) throws Exception {
        CountDownLatch passed = new CountDownLatch(1);
        EventLoop.Timer timer = loop.timer(passed::countDown);
        on(
                loop,
                () -> {
                    timer.arm(TimeUnit.MILLISECONDS.toNanos(PAUSE_MS));
                    return true;
                });
        assertTrue(passed.await(10, TimeUnit.SECONDS));
        on(loop, () -> true);
    }

    @ParameterizedTest
    @EnumSource(NettyLoop.Transport.class)
    void tellsReadinessOfDatagramsOnItsThread(NettyLoop.Transport transport) throws Exception {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        AtomicInteger received = new AtomicInteger();
        AtomicReference<String> thread = new AtomicReference<>("");
        try (DatagramChannel inside = DatagramChannel.open().bind(any);
                DatagramChannel sender = DatagramChannel.open().bind(any);
                NettyLoop loop = NettyLoop.open(transport)) {
            inside.configureBlocking(false);
            ByteBuffer buffer = ByteBuffer.allocate(100);
            on(
                    loop,
                    () ->
                            loop.register(
                                    Channels.fdOf(inside),
                                    (_, _) -> {
                                        thread.set(Thread.currentThread().getName());
                                        count(received, drain(inside, buffer));
                                    }));
            for (int i = 1; i <= 50; i++) {
                sender.send(ByteBuffer.wrap(new byte[] {1}), inside.getLocalAddress());
                awaitCount(received, i);
            }
            assertTrue(thread.get().startsWith("culvert-loop"), thread.get());
        }
    }

    private static int drain(DatagramChannel channel, ByteBuffer buffer) {
        try {
            int count = 0;
            while (channel.receive(buffer.clear()) != null) {
                count++;
            }
            return count;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @EnumSource(NettyLoop.Transport.class)
    void isSilentWhilePausedAndTellsAgainAfterwards(NettyLoop.Transport transport)
            throws Exception {
        Pipe pipe = openPipe();
        AtomicInteger calls = new AtomicInteger();
        AtomicReference<EventLoop.Registration> bond = new AtomicReference<>();
        try (var source = pipe.source();
                var sink = pipe.sink();
                NettyLoop loop = NettyLoop.open(transport)) {
            int fd = Channels.fdOf(source);
            on(
                    loop,
                    () -> {
                        bond.set(
                                loop.register(
                                        fd,
                                        (_, _) -> {
                                            // never read: readiness lasts
                                            count(calls, 1);
                                            bond.get().interest(false, false);
                                        }));
                        return true;
                    });
            sink.write(ByteBuffer.wrap(new byte[] {1}));
            for (int round = 1; round <= 20; round++) {
                awaitCount(calls, round);
                assertEquals(round, calls.get());
                on(loop, () -> resume(bond.get()));
            }
            awaitCount(calls, 21);
            turn(loop);
            assertEquals(21, calls.get(), "a paused descriptor is told of");
        }
    }

    private static boolean resume(EventLoop.Registration bond) {
        bond.interest(true, false);
        return true;
    }

    @ParameterizedTest
    @EnumSource(NettyLoop.Transport.class)
    void doesNotSpinOnDescriptorThatFailsWhilePaused(NettyLoop.Transport transport)
            throws Exception {
        Pipe pipe = openPipe();
        AtomicInteger calls = new AtomicInteger();
        try (var source = pipe.source();
                NettyLoop loop = NettyLoop.open(transport)) {
            EventLoop.Registration bond =
                    on(loop, () -> loop.register(Channels.fdOf(source), (_, _) -> count(calls, 1)));
            on(
                    loop,
                    () -> {
                        bond.interest(false, false);
                        return true;
                    });
            pipe.sink().close(); // EPOLLHUP
            turn(loop);
            assertTrue(calls.get() <= 1, "told " + calls + " times of the end");
        }
    }

    @ParameterizedTest
    @EnumSource(NettyLoop.Transport.class)
    void tellsWritabilityOnlyWhenAskedFor(NettyLoop.Transport transport) throws Exception {
        Pipe pipe = openPipe();
        AtomicInteger writable = new AtomicInteger();
        AtomicReference<EventLoop.Registration> bond = new AtomicReference<>();
        try (var _ = pipe.source();
                var sink = pipe.sink();
                NettyLoop loop = NettyLoop.open(transport)) {
            on(
                    loop,
                    () -> {
                        bond.set(
                                loop.register(
                                        Channels.fdOf(sink),
                                        (_, isWritable) -> {
                                            count(writable, isWritable ? 1 : 0);
                                            bond.get().interest(true, false);
                                        }));
                        return true;
                    });
            turn(loop);
            assertEquals(0, writable.get());
            on(
                    loop,
                    () -> {
                        bond.get().interest(true, true);
                        return true;
                    });
            awaitCount(writable, 1);
            turn(loop);
            assertEquals(1, writable.get());
        }
    }

    @ParameterizedTest
    @EnumSource(NettyLoop.Transport.class)
    void tellsNothingAfterCancelAndLeavesDescriptorOpen(NettyLoop.Transport transport)
            throws Exception {
        Pipe pipe = openPipe();
        AtomicInteger calls = new AtomicInteger();
        try (var source = pipe.source();
                var sink = pipe.sink();
                NettyLoop loop = NettyLoop.open(transport)) {
            EventLoop.Registration bond =
                    on(loop, () -> loop.register(Channels.fdOf(source), (_, _) -> count(calls, 1)));
            on(
                    loop,
                    () -> {
                        bond.cancel();
                        bond.cancel();
                        bond.interest(true, true);
                        return true;
                    });
            sink.write(ByteBuffer.wrap(new byte[] {1}));
            turn(loop);
            assertEquals(0, calls.get());
            assertEquals(1, source.read(ByteBuffer.allocate(8)));
            // and the number can be bonded anew
            on(
                    loop,
                    () -> loop.register(Channels.fdOf(source), (_, _) -> drainPipe(source, calls)));
            sink.write(ByteBuffer.wrap(new byte[] {1}));
            awaitCount(calls, 1);
        }
    }

    private static void drainPipe(Pipe.SourceChannel source, AtomicInteger calls) {
        try {
            count(calls, source.read(ByteBuffer.allocate(8)));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @EnumSource(NettyLoop.Transport.class)
    void descriptorsOutliveTheLoop(NettyLoop.Transport transport) throws Exception {
        Pipe pipe = openPipe();
        NettyLoop loop = NettyLoop.open(transport);
        on(loop, () -> loop.register(Channels.fdOf(pipe.source()), (_, _) -> {}));
        loop.close();
        loop.close();
        pipe.sink().write(ByteBuffer.wrap(new byte[] {1}));
        assertEquals(1, pipe.source().read(ByteBuffer.allocate(8)));
        pipe.source().close();
        pipe.sink().close();
    }

    @ParameterizedTest
    @EnumSource(NettyLoop.Transport.class)
    void firesTimersOncePerArmingAndNotWhenCancelled(NettyLoop.Transport transport)
            throws Exception {
        try (NettyLoop loop = NettyLoop.open(transport)) {
            AtomicInteger fired = new AtomicInteger();
            AtomicInteger cancelled = new AtomicInteger();
            EventLoop.Timer timer = loop.timer(() -> count(fired, 1));
            EventLoop.Timer other = loop.timer(cancelled::incrementAndGet);
            on(
                    loop,
                    () -> {
                        timer.arm(TimeUnit.HOURS.toNanos(1));
                        timer.arm(Long.MAX_VALUE);
                        timer.arm(TimeUnit.MILLISECONDS.toNanos(20));
                        other.arm(TimeUnit.MILLISECONDS.toNanos(1));
                        other.cancel();
                        return true;
                    });
            awaitCount(fired, 1);
            turn(loop);
            assertEquals(1, fired.get());
            assertEquals(0, cancelled.get());
        }
    }

    @ParameterizedTest
    @EnumSource(NettyLoop.Transport.class)
    void timerThatIsPushedBackFiresAtItsLastDeadline(NettyLoop.Transport transport)
            throws Exception {
        try (NettyLoop loop = NettyLoop.open(transport)) {
            CountDownLatch fired = new CountDownLatch(1);
            EventLoop.Timer timer = loop.timer(fired::countDown);
            long start = System.nanoTime();
            on(
                    loop,
                    () -> {
                        timer.arm(TimeUnit.MILLISECONDS.toNanos(10));
                        timer.arm(TimeUnit.MILLISECONDS.toNanos(120));
                        return true;
                    });
            assertTrue(fired.await(10, TimeUnit.SECONDS));
            assertTrue(System.nanoTime() - start >= TimeUnit.MILLISECONDS.toNanos(119));
        }
    }

    @ParameterizedTest
    @EnumSource(NettyLoop.Transport.class)
    void tellsOfTimerThatThrows(NettyLoop.Transport transport) throws Exception {
        try (NettyLoop loop = NettyLoop.open(transport)) {
            EventLoop.Timer timer =
                    loop.timer(() -> {
                        throw new AssertionError("on purpose, in a timer");
                    });
            on(
                    loop,
                    () -> {
                        timer.arm(1);
                        return true;
                    });
            Throwable fault = loop.failed().get(10, TimeUnit.SECONDS);
            assertEquals("on purpose, in a timer", fault.getMessage());
            assertTrue(on(loop, () -> true), "the loop goes on");
        }
    }

    @ParameterizedTest
    @EnumSource(NettyLoop.Transport.class)
    void tellsOfListenerThatThrows(NettyLoop.Transport transport) throws Exception {
        Pipe pipe = openPipe();
        try (var source = pipe.source();
                var sink = pipe.sink();
                NettyLoop loop = NettyLoop.open(transport)) {
            AtomicReference<EventLoop.Registration> bond = new AtomicReference<>();
            on(
                    loop,
                    () -> {
                        bond.set(
                                loop.register(
                                        Channels.fdOf(source),
                                        (_, _) -> {
                                            bond.get().cancel();
                                            throw new IllegalStateException("on purpose");
                                        }));
                        return true;
                    });
            sink.write(ByteBuffer.wrap(new byte[] {1}));
            Throwable fault = loop.failed().get(10, TimeUnit.SECONDS);
            assertEquals("on purpose", fault.getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource(NettyLoop.Transport.class)
    void tellsItsEnd(NettyLoop.Transport transport) throws Exception {
        NettyLoop loop = NettyLoop.open(transport);
        on(loop, () -> true);
        assertFalse(loop.ended().isDone());
        loop.close();
        loop.ended().get(10, TimeUnit.SECONDS);
        assertFalse(loop.failed().isDone());
    }

    @ParameterizedTest
    @EnumSource(NettyLoop.Transport.class)
    void refusesRegistrationsFromOtherThreads(NettyLoop.Transport transport) {
        try (NettyLoop loop = NettyLoop.open(transport)) {
            assertFalse(loop.inLoop());
            assertThrows(IllegalStateException.class, () -> loop.register(0, (_, _) -> {}));
        }
    }
}
