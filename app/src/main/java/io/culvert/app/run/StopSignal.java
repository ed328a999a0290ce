package io.culvert.app.run;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C and SIGTERM as an orderly end: the signal is told, the process lives until its work is
 * undone (or the limit has passed), and exits with the code that its command gives. Thread-safe.
 */
public final class StopSignal {
    private static final long LIMIT_S = 10;

    private final CompletableFuture<Void> requested = new CompletableFuture<>();
    private final CountDownLatch finished = new CountDownLatch(1);

    private StopSignal() {}

    /** Catches the signals from now on. */
    public static StopSignal install() {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform().name("culvert-stop").unstarted(signal::onShutdown));
        return signal;
    }

    private void onShutdown() {
        if (finished.getCount() == 0) {
            return; // the command ended by itself, with its own code
        }
        requested.complete(null);
        try {
            boolean inTime = finished.await(LIMIT_S, TimeUnit.SECONDS);
            Runtime.getRuntime().halt(inTime ? 0 : 1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Completes when the process is asked to stop. */
    public CompletableFuture<Void> requested() {
        return requested;
    }

    /** Everything is undone. */
    public void finished() {
        finished.countDown();
    }
}
