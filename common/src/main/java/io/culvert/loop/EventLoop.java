package io.culvert.loop;

/**
 * One thread that owns descriptors, tasks and timers. All listeners run on it, one at a time.
 *
 * <p>Only {@link #execute} may be called from other threads.
 */
public interface EventLoop {
    /** Told when a descriptor is ready (level-triggered). */
    @FunctionalInterface
    interface ReadyListener {
        /** The descriptor can be read, or written, or has failed (then both are told). */
        void onReady(boolean readable, boolean writable);
    }

    /** The bond of a descriptor and the loop. */
    interface Registration {
        /** Says what is waited for from now on; both false: errors only. */
        void interest(boolean readable, boolean writable);

        /** Ends the bond; the descriptor stays open. A second call does nothing. */
        void cancel();
    }

    /** A timer that fires at most once per arming. */
    interface Timer {
        /** Fires {@code delayNs} nanoseconds from now; replaces an earlier arming. */
        void arm(long delayNs);

        /** Forgets the arming, if any. */
        void cancel();
    }

    /** Bonds a descriptor, waiting for readability at first. The descriptor must not block. */
    Registration register(int fd, ReadyListener listener);

    /** A timer of this loop, not armed. */
    Timer timer(Runnable action);

    /** Runs the task on the loop soon. Thread-safe. */
    void execute(Runnable task);
}
