package io.culvert.client.loop;

import io.culvert.loop.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A timer of a {@link NettyLoop}, cheap to arm again and again: a deadline that moves back leaves
 * the wake-up that is already scheduled, which then schedules the rest. Confined to the loop.
 */
final class LoopTimer implements EventLoop.Timer {
    /** Keeps sums with the clock from overflowing. */
    private static final long LONGEST_NS = TimeUnit.DAYS.toNanos(365);

    private final EventExecutor executor;
    private final Runnable action;
    private final Runnable onWake = this::onWake;

    private boolean armed;
    private long deadlineNs;
    private long wakeNs;

    /** The scheduled wake-up; null while there is none. */
    private @Nullable Future<?> wake;

    LoopTimer(EventExecutor executor, Runnable action) {
        this.executor = executor;
        this.action = action;
    }

    @Override
    public void arm(long delayNs) {
        long nowNs = executor.ticker().nanoTime();
        deadlineNs = nowNs + Math.clamp(delayNs, 0, LONGEST_NS);
        armed = true;
        if (wake != null) {
            if (wakeNs - deadlineNs <= 0) {
                return;
            }
            wake.cancel(false);
        }
        schedule(nowNs);
    }

    /** Nothing waits any more that knows of the action: its owner may be long gone by then. */
    @Override
    public void cancel() {
        armed = false;
        if (wake != null) {
            wake.cancel(false);
            wake = null;
        }
    }

    private void schedule(long nowNs) {
        wakeNs = deadlineNs;
        wake = executor.schedule(onWake, Math.max(0, deadlineNs - nowNs), TimeUnit.NANOSECONDS);
    }

    private void onWake() {
        wake = null;
        if (!armed) {
            return;
        }
        long nowNs = executor.ticker().nanoTime();
        if (deadlineNs - nowNs > 0) {
            schedule(nowNs);
            return;
        }
        armed = false;
        action.run();
    }
}
