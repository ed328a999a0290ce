package io.culvert.server.testkit;

import io.culvert.loop.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A loop that turns when a test says so. */
public final class ManualLoop implements EventLoop {
    public final List<Bond> bonds = new ArrayList<>();
    public final List<ManualTimer> timers = new ArrayList<>();
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
    public void runTasks() {
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
    public static final class Bond implements Registration {
        public final ReadyListener listener;
        public boolean readable = true;
        public boolean writable;
        public boolean cancelled;

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
    public static final class ManualTimer implements Timer {
        public final Runnable action;
        public long delayNs;

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
