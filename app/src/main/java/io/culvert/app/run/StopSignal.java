package io.culvert.app.run;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ctrl-C and SIGTERM as an orderly end: the signal is told, the process lives until its work is
 * undone, and exits with the code that its command gives. The undoing may take its time; for all
 * else there is a limit. Thread-safe.
 */
public final class StopSignal {
    private static final long LIMIT_S = 10;

    private final long limitMs;
    private final CompletableFuture<Void> requested = new CompletableFuture<>();
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile int exitCode;
    private volatile boolean isUndoing;

    /** Whom a signal interrupts; null where nothing may be broken off. */
    @GuardedBy("this")
    private @Nullable Thread settingUp;

    StopSignal(long limitMs) {
        this.limitMs = limitMs;
    }

    /** Catches the signals from now on. */
    public static StopSignal install() {
        StopSignal signal = new StopSignal(TimeUnit.SECONDS.toMillis(LIMIT_S));
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform().name("culvert-stop").unstarted(signal::onShutdown));
        return signal;
    }

    private void onShutdown() {
        if (finished.getCount() == 0) {
            return; // the command ended by itself, with its own code
        }
        try {
            Runtime.getRuntime().halt(stop());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Tells the signal, waits for the end, and returns the exit code. */
    int stop() throws InterruptedException {
        request();
        do {
            if (finished.await(limitMs, TimeUnit.MILLISECONDS)) {
                return exitCode;
            }
        } while (isUndoing);
        return 1;
    }

    private void request() {
        synchronized (this) {
            if (settingUp != null) {
                settingUp.interrupt();
            }
        }
        requested.complete(null);
    }

    /** Completes when the process is asked to stop. */
    public CompletableFuture<Void> requested() {
        return requested;
    }

    /** From now on a signal interrupts the calling thread, be it an earlier one. */
    void beginSetUp() {
        synchronized (this) {
            settingUp = Thread.currentThread();
        }
        if (requested.isDone()) {
            Thread.currentThread().interrupt();
        }
    }

    /** From now on no signal interrupts the calling thread, and none that came is left over. */
    void endSetUp() {
        synchronized (this) {
            settingUp = null;
        }
        boolean _ = Thread.interrupted();
    }

    /** From now on the process waits for the undoing, however long it takes. */
    void beginUndo() {
        endSetUp();
        isUndoing = true;
    }

    /** The undoing has ended; what it left makes the process end with 1. */
    void endUndo(boolean isClean) {
        exitCode = isClean ? exitCode : 1;
        isUndoing = false;
    }

    /** Everything is done. */
    public void finished() {
        finished.countDown();
    }
}
