package io.culvert.loop.epoll;

import io.culvert.loop.EventLoop;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The armed timers of one loop, the next to fire first: a binary heap in which each timer knows its
 * place, so that arming anew and cancelling are cheap and allocate nothing. Confined to the loop.
 *
 * <p>Times are readings of a clock that may wrap; they are compared by subtraction.
 */
final class TimerHeap {
    private static final int NOT_ARMED = -1;

    private final LongSupplier clock;
    private @Nullable HeapTimer[] heap = new HeapTimer[16];
    private int size;
    private long armings;

    TimerHeap(LongSupplier clock) {
        this.clock = clock;
    }

    /** A timer of this heap, not armed. */
    EventLoop.Timer timer(Runnable action) {
        return new HeapTimer(this, action);
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Nanoseconds until the next timer is due, not negative; only when there is one. */
    long untilNextNs() {
        return Math.max(0, at(0).deadlineNs - clock.getAsLong());
    }

    /**
     * Runs the timers that are due. One that its action arms again waits for the next call, however
     * short its delay, so that this comes to an end.
     */
    void fireDue() {
        if (size == 0) {
            return;
        }
        long nowNs = clock.getAsLong();
        long armedBefore = armings;
        while (size > 0 && at(0).deadlineNs - nowNs <= 0 && at(0).arming <= armedBefore) {
            HeapTimer timer = at(0);
            remove(timer);
            timer.action.run();
        }
    }

    private void insert(HeapTimer timer, long delayNs) {
        // Half the range of the clock: further ahead the comparison by subtraction would turn.
        timer.deadlineNs = clock.getAsLong() + Math.clamp(delayNs, 0, Long.MAX_VALUE / 2);
        timer.arming = ++armings;
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
        }
        place(timer, size++);
        siftUp(timer);
    }

    private void remove(HeapTimer timer) {
        int hole = timer.index;
        timer.index = NOT_ARMED;
        HeapTimer last = at(--size);
        heap[size] = null;
        if (last != timer) {
            place(last, hole);
            siftDown(last);
            siftUp(last);
        }
    }

    private void siftUp(HeapTimer timer) {
        while (timer.index > 0) {
            HeapTimer parent = at((timer.index - 1) / 2);
            if (!timer.isBefore(parent)) {
                return;
            }
            swap(timer, parent);
        }
    }

    private void siftDown(HeapTimer timer) {
        while (true) {
            int child = 2 * timer.index + 1;
            if (child >= size) {
                return;
            }
            if (child + 1 < size && at(child + 1).isBefore(at(child))) {
                child++;
            }
            HeapTimer least = at(child);
            if (!least.isBefore(timer)) {
                return;
            }
            swap(timer, least);
        }
    }

    private void swap(HeapTimer a, HeapTimer b) {
        int index = a.index;
        place(a, b.index);
        place(b, index);
    }

    private void place(HeapTimer timer, int index) {
        heap[index] = timer;
        timer.index = index;
    }

    private HeapTimer at(int index) {
        HeapTimer timer = heap[index];
        if (timer == null) {
            throw new IllegalStateException("no timer at " + index + " of " + size);
        }
        return timer;
    }

    /** A timer and its place in the heap. Confined to the loop. */
    private static final class HeapTimer implements EventLoop.Timer {
        private final TimerHeap owner;
        private final Runnable action;
        private int index = NOT_ARMED;
        private long deadlineNs;
        private long arming;

        HeapTimer(TimerHeap owner, Runnable action) {
            this.owner = owner;
            this.action = action;
        }

        @Override
        public void arm(long delayNs) {
            cancel();
            owner.insert(this, delayNs);
        }

        @Override
        public void cancel() {
            if (index != NOT_ARMED) {
                owner.remove(this);
            }
        }

        /** Earlier; or due at the same time and armed earlier. */
        boolean isBefore(HeapTimer other) {
            long difference = deadlineNs - other.deadlineNs;
            return difference < 0 || (difference == 0 && arming < other.arming);
        }
    }
}
