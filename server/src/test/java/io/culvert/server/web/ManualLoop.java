package io.culvert.server.web;

import io.culvert.loop.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A loop that turns when a test says so. */
final class ManualLoop implements EventLoop {
    final List<Bond> bonds = new ArrayList<>();
    final List<ManualTimer> timers = new ArrayList<>();
    private final Deque<Runnable> tasks = new ArrayDeque<>();

    @Override
    public Registration register(int fd, ReadyListener listener) {
        Bond bond = new Bond(listener);
        bonds.add(bond);
        return bond;
    }

    @Override
    public Timer timer(Runnable action) {
        ManualTimer timer = new ManualTimer(action);
        timers.add(timer);
        return timer;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /** Runs the tasks left so far, and those that they leave. */
    void runTasks() {
        for (int left = 1000; left > 0; left--) {
            Runnable task = tasks.poll();
            if (task == null) {
                return;
            }
            task.run();
        }
        throw new AssertionError("tasks without end");
    }

    /** What was registered. */
    static final class Bond implements Registration {
        final ReadyListener listener;
        boolean readable = true;
        boolean writable;
        boolean cancelled;

        Bond(ReadyListener listener) {
            this.listener = listener;
        }

        @Override
        public void interest(boolean newReadable, boolean newWritable) {
            readable = newReadable;
            writable = newWritable;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    /** A timer that fires by hand; 0 when it is not armed. */
    static final class ManualTimer implements Timer {
        final Runnable action;
        long delayNs;

        ManualTimer(Runnable action) {
            this.action = action;
        }

        @Override
        public void arm(long newDelayNs) {
            delayNs = newDelayNs;
        }

        @Override
        public void cancel() {
            delayNs = 0;
        }
    }
}
