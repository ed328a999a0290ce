package io.culvert.client.loop;

import io.culvert.loop.EventLoop;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor that waits on one loop and is handled on another. It waits for one event, is taken
 * out, hops, is handled and waits again: so readiness that lasts does not spin.
 *
 * <p>Each field is confined to one of the two loops, as its group says.
 */
final class HoppedRegistration implements EventLoop.Registration {
    private static final long CANCEL_MS = 1_000;

    private final int fd;
    private final EventLoop.ReadyListener listener;
    private final EventLoop home;
    private final EventLoop waits;

    // confined to home
    private boolean readable = true;
    private boolean writable;
    private boolean isHandling;
    private boolean isCancelled;
    private int version;

    /** Confined to the waiting loop. The bond while it waits; null while it does not. */
    private EventLoop.@Nullable Registration bond;

    HoppedRegistration(int fd, EventLoop.ReadyListener listener, EventLoop home, EventLoop waits) {
        this.fd = fd;
        this.listener = listener;
        this.home = home;
        this.waits = waits;
    }

    /** Begins to wait for what is wanted now. */
    void bond() {
        int armed = ++version;
        boolean reads = readable;
        boolean writes = writable;
        waits.execute(() -> await(armed, reads, writes));
    }

    private void await(int armed, boolean reads, boolean writes) {
        letGo();
        if (reads || writes) {
            EventLoop.Registration waiting =
                    waits.register(
                            fd, (isReadable, isWritable) -> hop(armed, isReadable, isWritable));
            bond = waiting;
            waiting.interest(reads, writes);
        }
    }

    private void hop(int armed, boolean isReadable, boolean isWritable) {
        letGo();
        try {
            home.execute(() -> handle(armed, isReadable, isWritable));
        } catch (RejectedExecutionException ignored) { // home has ended, and the wait with it
        }
    }

    private void letGo() {
        EventLoop.Registration waiting = bond;
        bond = null;
        if (waiting != null) {
            waiting.cancel();
        }
    }

    private void handle(int armed, boolean isReadable, boolean isWritable) {
        if (isCancelled || armed != version) {
            return; // the interest changed meanwhile, and a new wait is on its way
        }
        isHandling = true;
        try {
            listener.onReady(isReadable, isWritable);
        } finally {
            isHandling = false;
        }
        if (!isCancelled) {
            bond();
        }
    }

    @Override
    public void interest(boolean wantsReadable, boolean wantsWritable) {
        if (isCancelled || (readable == wantsReadable && writable == wantsWritable)) {
            return;
        }
        readable = wantsReadable;
        writable = wantsWritable;
        if (!isHandling) {
            bond();
        }
    }

    /** Waits for the other loop: the descriptor may be closed and its number given anew. */
    @Override
    public void cancel() {
        if (isCancelled) {
            return;
        }
        isCancelled = true;
        CountDownLatch done = new CountDownLatch(1);
        waits.execute(() -> {
            letGo();
            done.countDown();
        });
        try {
            if (!done.await(CANCEL_MS, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("nobody waits for descriptors any more");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
