package io.culvert.client.testkit;

import io.culvert.loop.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** An event loop whose time stands until a test moves it. Confined to the test's thread. */
public final class ManualLoop implements EventLoop {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<ManualTimer> timers = new ArrayList<>();
    private long nowNs;

    /** The time, which stands. */
    public long nowNs() {
        return nowNs;
    }

    /** Runs all tasks, and those that they leave. */
    public void run() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Moves the time and fires what is due, earliest first. */
    public void advance(long byNs) {
        nowNs += byNs;
        for (ManualTimer timer : List.copyOf(timers)) {
            timer.fireIfDue();
        }
        run();
    }

    @Override
    public Registration register(int fd, ReadyListener listener) {
        throw new IllegalStateException("descriptors are not simulated");
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

    private final class ManualTimer implements Timer {
        private final Runnable action;
        private boolean armed;
        private long dueNs;

        ManualTimer(Runnable action) {
            this.action = action;
        }

        @Override
        public void arm(long delayNs) {
            armed = true;
            dueNs = nowNs + delayNs;
        }

        @Override
        public void cancel() {
            armed = false;
        }

        void fireIfDue() {
            if (armed && nowNs >= dueNs) {
                armed = false;
                action.run();
            }
        }
    }
}
