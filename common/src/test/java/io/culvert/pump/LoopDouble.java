package io.culvert.pump;

import io.culvert.loop.EventLoop;
import io.culvert.time.MonotonicClock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A loop in virtual time, turned by the test. */
final class LoopDouble implements EventLoop, MonotonicClock {
    private final List<VirtualTimer> timers = new ArrayList<>();

    /** In the order of registration. */
    final List<Bond> bonds = new ArrayList<>();

    long nowNs = -3_000_000_000L;

    @Override
    public long nowNs() {
        return nowNs;
    }

    @Override
    public Registration register(int fd, ReadyListener listener) {
        Bond bond = new Bond(listener);
        bonds.add(bond);
        return bond;
    }

    @Override
    public Timer timer(Runnable action) {
        VirtualTimer timer = new VirtualTimer(action);
        timers.add(timer);
        return timer;
    }

    @Override
    public void execute(Runnable task) {
        task.run();
    }

    boolean hasArmedTimer() {
        return timers.stream().anyMatch(timer -> timer.armed);
    }

    /** Fires the timers of that long, each at its moment; then {@code afterEach}. */
    void run(long durationNs, Runnable afterEach) {
        long endNs = nowNs + durationNs;
        for (int fired = 0; ; fired++) {
            VirtualTimer next = earliest();
            if (next == null || next.atNs > endNs) {
                nowNs = endNs;
                return;
            }
            if (fired > 1_000_000) {
                throw new AssertionError("timers spin");
            }
            nowNs = Math.max(nowNs, next.atNs);
            next.armed = false;
            next.action.run();
            afterEach.run();
        }
    }

    private @Nullable VirtualTimer earliest() {
        VirtualTimer earliest = null;
        for (VirtualTimer timer : timers) {
            if (timer.armed && (earliest == null || timer.atNs < earliest.atNs)) {
                earliest = timer;
            }
        }
        return earliest;
    }

    /** A descriptor's bond, with what it waits for. */
    static final class Bond implements Registration {
        final ReadyListener listener;
        boolean wantsRead = true;
        boolean isCancelled;

        Bond(ReadyListener listener) {
            this.listener = listener;
        }

        @Override
        public void interest(boolean readable, boolean writable) {
            wantsRead = readable;
        }

        @Override
        public void cancel() {
            isCancelled = true;
        }
    }

    private final class VirtualTimer implements Timer {
        private final Runnable action;
        private boolean armed;
        private long atNs;

        VirtualTimer(Runnable action) {
            this.action = action;
        }

        @Override
        public void arm(long delayNs) {
            if (delayNs < 0) {
                throw new IllegalArgumentException("delay " + delayNs);
            }
            armed = true;
            atNs = nowNs + delayNs;
        }

        @Override
        public void cancel() {
            armed = false;
        }
    }
}
