package io.culvert.device;

import io.culvert.loop.epoll.EpollLoop;
import io.culvert.pump.Pump;
import io.culvert.time.MonotonicClock;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that runs a loop, what other threads ask of it, and the thread that examines
 * initiations for it. Thread-safe.
 */
public final class LoopThread implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LoopThread.class);
    private static final long JOIN_MS = 2_000;

    private final EpollLoop loop;
    private final Thread thread;
    private final HandshakeThread handshakes;
    private final CompletableFuture<Throwable> failed = new CompletableFuture<>();
    private volatile boolean closed;

    private LoopThread(EpollLoop loop) {
        this.loop = loop;
        this.thread = Thread.ofPlatform().name("culvert-loop").unstarted(this::run);
        this.handshakes = HandshakeThread.start(loop::execute, failed::complete);
    }

    /** A loop that runs, with timers by this clock. */
    public static LoopThread start(MonotonicClock clock) throws IOException {
        LoopThread made = new LoopThread(EpollLoop.open(clock::nowNs));
        made.thread.start();
        return made;
    }

    /** The loop. */
    public EpollLoop loop() {
        return loop;
    }

    /** For the engine that lives on the loop; {@link Pump#collect} is to be its {@code onDone}. */
    public HandshakeThread handshakes() {
        return handshakes;
    }

    /** Completes when the loop, or the handshakes' thread, ended by a fault of its own. */
    public CompletableFuture<Throwable> failed() {
        return failed;
    }

    @SuppressWarnings("CatchingUnchecked") // the top of the thread: a bug ends it, aloud
    private void run() {
        try {
            loop.run();
        } catch (Throwable e) { // an Error too: nothing is served any more
            failed.complete(e);
            log.error("the loop failed", e);
        }
    }

    /**
     * Runs the task on the loop and waits for its end.
     *
     * @throws IOException what the task throws, or that the loop has ended; another checked
     *     exception of the task comes as the cause of a {@link CompletionException}
     */
    public <T> T call(Callable<T> task) throws IOException {
        if (closed) {
            throw new IOException("the loop has ended");
        }
        CompletableFuture<T> done = new CompletableFuture<>();
        var _ = failed.thenAccept(cause -> done.completeExceptionally(ended(cause)));
        loop.execute(() -> run(task, done));
        try {
            return done.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static <T> void run(Callable<T> task, CompletableFuture<T> done) {
        try {
            done.complete(task.call());
        } catch (Exception e) {
            done.completeExceptionally(e);
        }
    }

    private static IOException ended(Throwable cause) {
        return new IOException("the loop failed: " + cause, cause);
    }

    /**
     * Ends the loop and its thread. What it owned is closed by {@code last}: on the loop, or where
     * that is dead already, on the caller's thread.
     */
    public void close(Runnable last) {
        if (closed) {
            return;
        }
        boolean done = false;
        try {
            done = call(Executors.callable(last, true));
        } catch (IOException dead) {
            log.debug("closing on this thread", dead);
        } finally {
            close();
        }
        if (!done) {
            last.run();
        }
    }

    /** Ends the loop and its thread. */
    @Override
    public void close() {
        closed = true;
        loop.stop();
        try {
            thread.join(JOIN_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            log.error("the loop did not end within {} ms", JOIN_MS);
        } else {
            loop.close();
        }
        handshakes.close();
    }
}
