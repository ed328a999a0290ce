package io.culvert.client.loop;

import io.culvert.loop.EventLoop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a client, a Netty event loop: sockets, descriptors of ours, timers and tasks.
 * With Netty's epoll all of them wait in one set; without it ({@link Transport#NIO}) descriptors
 * wait on a second thread, which hops here.
 *
 * <p>Confined to its thread, but for {@link #execute}, {@link #inLoop} and {@link #close}.
 */
public final class NettyLoop implements EventLoop, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NettyLoop.class);
    private static final long SHUTDOWN_MS = 2_000;

    /** What the loop waits with. */
    public enum Transport {
        /** Linux with Netty's native library. */
        EPOLL,
        /** Everywhere else. */
        NIO;

        /** The best that this machine has. */
        public static Transport best() {
            return Epoll.isAvailable() ? EPOLL : NIO;
        }
    }

    private final Transport transport;
    private final MultiThreadIoEventLoopGroup group;
    private final IoEventLoop eventLoop;
    private final ChannelGroup channels;
    private final DescriptorWatch watch;
    private final AtomicBoolean isClosing = new AtomicBoolean();
    private final CompletableFuture<Throwable> failed = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private NettyLoop(Transport transport, IoHandlerFactory factory) {
        this.transport = transport;
        group =
                new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory("culvert-loop", true), factory);
        eventLoop = group.next();
        channels = new DefaultChannelGroup(eventLoop);
        watch = new DescriptorWatch(this, eventLoop.ticker()::nanoTime);
        group.terminationFuture().addListener(_ -> ended.complete(null));
    }

    /** A loop by the best transport; its thread starts with the first task. */
    public static NettyLoop open() {
        return open(Transport.best());
    }

    /** A loop by this transport. */
    public static NettyLoop open(Transport transport) {
        return new NettyLoop(
                transport,
                transport == Transport.EPOLL
                        ? LastingEpoll.newFactory()
                        : NioIoHandler.newFactory());
    }

    /** What the loop waits with. */
    public Transport transport() {
        return transport;
    }

    /** Bonds a channel, not yet connected, to the loop. */
    public ChannelFuture adopt(Channel channel) {
        EventLoopGroup plain = eventLoop;
        channels.add(channel);
        return plain.register(channel);
    }

    /** Whether the caller is the loop's thread. Thread-safe. */
    public boolean inLoop() {
        return eventLoop.inEventLoop();
    }

    /**
     * Completes when a callback threw, which is a bug. The loop goes on, so that what stands on it
     * can be taken down.
     */
    public CompletableFuture<Throwable> failed() {
        return failed;
    }

    /** Completes when the thread has ended; it answers nobody any more. */
    public CompletableFuture<Void> ended() {
        return ended;
    }

    @Override
    public Registration register(int fd, ReadyListener listener) {
        requireLoop();
        ReadyListener aloud = aloud(listener);
        if (transport == Transport.NIO) {
            return watch.register(fd, aloud);
        }
        EpollRegistration registration = new EpollRegistration(fd, aloud);
        registration.bond(eventLoop);
        return registration;
    }

    @Override
    public Timer timer(Runnable action) {
        return new LoopTimer(eventLoop, aloud(action));
    }

    @Override
    public void execute(Runnable task) {
        eventLoop.execute(aloud(task));
    }

    /**
     * Runs the task on the loop and waits for its end, or for the loop's: a dead one ends no task.
     *
     * @throws IOException what the task throws, or that the loop has ended
     */
    public <T extends @Nullable Object> T call(Callable<T> task) throws IOException {
        CompletableFuture<T> done = new CompletableFuture<>();
        try {
            eventLoop.execute(() -> run(task, done));
            CompletableFuture.anyOf(done, ended).join();
            if (!done.isDone()) {
                throw new IOException("the loop has ended; see the log");
            }
            return done.join();
        } catch (RejectedExecutionException e) {
            throw new IOException("the loop has ended; see the log", e);
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static <T extends @Nullable Object> void run(
            Callable<T> task, CompletableFuture<T> done) {
        try {
            done.complete(task.call());
        } catch (Throwable e) { // whoever waits for it is told
            done.completeExceptionally(e);
        }
    }

    /** Netty would keep what a timer throws to itself. */
    private Runnable aloud(Runnable action) {
        return () -> {
            try {
                action.run();
            } catch (Throwable fault) { // the top of the loop
                onFault(fault);
            }
        };
    }

    private ReadyListener aloud(ReadyListener listener) {
        return (readable, writable) -> {
            try {
                listener.onReady(readable, writable);
            } catch (Throwable fault) { // the top of the loop
                onFault(fault);
            }
        };
    }

    private void onFault(Throwable fault) {
        log.error("a fault in the loop", fault);
        failed.complete(fault);
    }

    /**
     * Ends the loop: tasks left so far, channels, the thread, what waits for descriptors. Waits for
     * the end unless the caller is the loop itself. A second call does nothing.
     */
    @Override
    public void close() {
        if (!isClosing.compareAndSet(false, true)) {
            return;
        }
        var ended = group.terminationFuture().addListener(_ -> watch.close());
        eventLoop.execute(this::closeInLoop);
        if (!inLoop()) {
            ended.awaitUninterruptibly(SHUTDOWN_MS + SHUTDOWN_MS / 2);
        }
    }

    /** Netty's own shutdown may end the thread before it has closed the channels. */
    private void closeInLoop() {
        for (Channel channel : channels) {
            channel.unsafe().close(channel.unsafe().voidPromise());
        }
        var _ = group.shutdownGracefully(0, SHUTDOWN_MS, TimeUnit.MILLISECONDS);
    }

    private void requireLoop() {
        if (!inLoop()) {
            throw new IllegalStateException("called from " + Thread.currentThread().getName());
        }
    }
}
