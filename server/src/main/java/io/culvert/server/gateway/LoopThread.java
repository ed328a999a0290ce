package io.culvert.server.gateway;

import io.culvert.config.ConfigException;
import io.culvert.loop.epoll.EpollLoop;
import io.culvert.time.MonotonicClock;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that runs a gateway's loop. Thread-safe. */
final class LoopThread implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LoopThread.class);
    private static final long JOIN_MS = 2_000;

    private final EpollLoop loop;
    private final Thread thread;
    private final CompletableFuture<Throwable> failed = new CompletableFuture<>();
    private volatile boolean closed;

    private LoopThread(EpollLoop loop) {
        this.loop = loop;
        this.thread = Thread.ofPlatform().name("culvert-loop").unstarted(this::run);
    }

    static LoopThread start(MonotonicClock clock) throws IOException {
        LoopThread made = new LoopThread(EpollLoop.open(clock::nowNs));
        made.thread.start();
        return made;
    }

    EpollLoop loop() {
        return loop;
    }

    /** Completes when the loop ended by a fault of its own. */
    CompletableFuture<Throwable> failed() {
        return failed;
    }

    @SuppressWarnings("CatchingUnchecked") // the top of the pump: a bug ends the gateway, aloud
    private void run() {
        try {
            loop.run();
        } catch (Throwable e) { // an Error too: nothing would serve the tunnels any more
            failed.complete(e);
            log.error("the loop failed", e);
        }
    }

    /** Something done on the loop that may fail. */
    @FunctionalInterface
    interface Call {
        void run() throws IOException, ConfigException;
    }

    /**
     * Runs the call on the loop and waits for its end.
     *
     * @throws IOException what the call throws, or that the loop has ended
     * @throws ConfigException what the call throws
     */
    void call(Call call) throws IOException, ConfigException {
        if (closed) {
            throw new IOException("the loop has ended");
        }
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        var _ = failed.thenAccept(cause -> done.completeExceptionally(ended(cause)));
        loop.execute(() -> {
            try {
                call.run();
                done.complete(null);
            } catch (IOException | ConfigException | RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        try {
            done.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            if (e.getCause() instanceof ConfigException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static IOException ended(Throwable cause) {
        return new IOException("the loop failed: " + cause, cause);
    }

    /**
     * Ends the loop and its thread. What it owned is closed by {@code last}: on the loop, or where
     * that is dead already, on the caller's thread.
     */
    void close(Runnable last) {
        if (closed) {
            return;
        }
        boolean done = false;
        try {
            call(last::run);
            done = true;
        } catch (IOException | ConfigException dead) {
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
    }
}
