package io.culvert.loop.epoll;

import io.culvert.loop.EventLoop;
import io.culvert.time.DeadlineHeap;
import java.util.function.LongSupplier;

/** A timer of an {@link EpollLoop}, told delays instead of moments. Confined to the loop. */
record HeapTimer(DeadlineHeap.Timer timer, LongSupplier nowNs) implements EventLoop.Timer {
    /** Further ahead the comparison by subtraction would turn. */
    private static final long LONGEST_NS = Long.MAX_VALUE / 4;

    @Override
    public void arm(long delayNs) {
        timer.armAt(nowNs.getAsLong() + Math.clamp(delayNs, 0, LONGEST_NS));
    }

    @Override
    public void cancel() {
        timer.cancel();
    }
}
