package io.culvert.server.gateway;

import io.culvert.loop.epoll.EpollLoop;
import io.culvert.time.MonotonicClock;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that runs a gateway's loop. Thread-safe. */
final class LoopThread implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LoopThread.class);
    private static final long JOIN_MS = 2_000;

    private final EpollLoop loop;
    private final Thread thread;
    private final CompletableFuture<Throwable> failed = new CompletableFuture<>();

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
        } catch (Exception | AssertionError e) {
            log.error("the loop failed", e);
            failed.complete(e);
        }
    }

    /** Something done on the loop that may fail. */
    @FunctionalInterface
    interface Call {
        void run() throws IOException;
    }

    /** Runs the call on the loop and waits for its end. */
    void call(Call call) throws IOException {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                call.run();
                done.complete(null);
            } catch (IOException | RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        try {
            CompletableFuture.anyOf(done, failed).join();
        } catch (java.util.concurrent.CompletionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        loop.stop();
        try {
            thread.join(JOIN_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        loop.close();
    }
}
