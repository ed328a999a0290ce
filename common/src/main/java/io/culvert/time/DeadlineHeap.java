package io.culvert.time;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Armed timers, the next to fire first: a binary heap in which each timer knows its place, so that
 * arming anew and cancelling are cheap and allocate nothing. Confined to its owner's thread.
 *
 * <p>Times are readings of a monotonic clock that may wrap; they are compared by subtraction.
 */
public final class DeadlineHeap {
    private static final int NOT_ARMED = -1;

    private @Nullable Timer[] heap = new Timer[16];
    private int size;
    private long armings;

    /** A timer of this heap, not armed. */
    public Timer timer(Runnable action) {
        return new Timer(this, action);
    }

    /** Whether no timer is armed. */
    public boolean isEmpty() {
        return size == 0;
    }

    /** Nanoseconds until the next timer is due, not negative; only when there is one. */
    public long untilNextNs(long nowNs) {
        return Math.max(0, at(0).deadlineNs - nowNs);
    }

    /**
     * Runs the timers that are due. One that its action arms again waits for the next call, however
     * short its delay, so that this comes to an end.
     */
    public void fireDue(long nowNs) {
        long armedBefore = armings;
        while (size > 0 && at(0).deadlineNs - nowNs <= 0 && at(0).arming <= armedBefore) {
            Timer timer = at(0);
            remove(timer);
            timer.action.run();
        }
    }

    private void insert(Timer timer, long deadlineNs) {
        timer.deadlineNs = deadlineNs;
        timer.arming = ++armings;
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
        }
        place(timer, size++);
        siftUp(timer);
    }

    private void remove(Timer timer) {
        int hole = timer.index;
        timer.index = NOT_ARMED;
        Timer last = at(--size);
        heap[size] = null;
        if (last != timer) {
            place(last, hole);
            siftDown(last);
            siftUp(last);
        }
    }

    private void siftUp(Timer timer) {
        while (timer.index > 0) {
            Timer parent = at((timer.index - 1) / 2);
            if (!timer.isBefore(parent)) {
                return;
            }
            swap(timer, parent);
        }
    }

    private void siftDown(Timer timer) {
        while (true) {
            int child = 2 * timer.index + 1;
            if (child >= size) {
                return;
            }
            if (child + 1 < size && at(child + 1).isBefore(at(child))) {
                child++;
            }
            Timer least = at(child);
            if (!least.isBefore(timer)) {
                return;
            }
            swap(timer, least);
        }
    }

    private void swap(Timer a, Timer b) {
        int index = a.index;
        place(a, b.index);
        place(b, index);
    }

    private void place(Timer timer, int index) {
        heap[index] = timer;
        timer.index = index;
    }

    private Timer at(int index) {
        Timer timer = heap[index];
        if (timer == null) {
            throw new IllegalStateException("no timer at " + index + " of " + size);
        }
        return timer;
    }

    /** A timer and its place in the heap. Confined to the heap's thread. */
    public static final class Timer {
        private final DeadlineHeap owner;
        private final Runnable action;
        private int index = NOT_ARMED;
        private long deadlineNs;
        private long arming;

        private Timer(DeadlineHeap owner, Runnable action) {
            this.owner = owner;
            this.action = action;
        }

        /**
         * Fires when that moment has come, replacing an earlier arming. It must be less than half
         * the clock's range away from all others.
         */
        public void armAt(long momentNs) {
            cancel();
            owner.insert(this, momentNs);
        }

        /** Whether it fires at that moment or before. */
        public boolean firesBy(long momentNs) {
            return index != NOT_ARMED && deadlineNs - momentNs <= 0;
        }

        /** Forgets the arming, if any. */
        public void cancel() {
            if (index != NOT_ARMED) {
                owner.remove(this);
            }
        }

        /** Earlier; or due at the same time and armed earlier. */
        private boolean isBefore(Timer other) {
            long difference = deadlineNs - other.deadlineNs;
            return difference < 0 || (difference == 0 && arming < other.arming);
        }
    }
}
