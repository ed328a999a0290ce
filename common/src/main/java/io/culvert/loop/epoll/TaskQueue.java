package io.culvert.loop.epoll;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.culvert.libc.EventFd;
import java.util.ArrayDeque;

/**
 * Tasks that other threads leave for the loop. {@link #add} is thread-safe (one lock, held for the
 * queue and a system call that never waits); the rest is confined to the loop.
 */
final class TaskQueue {
    private final EventFd wakeUp;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private ArrayDeque<Runnable> waiting = new ArrayDeque<>();

    @GuardedBy("lock")
    private boolean closed;

    private ArrayDeque<Runnable> running = new ArrayDeque<>();

    TaskQueue(EventFd wakeUp) {
        this.wakeUp = wakeUp;
    }

    /** Leaves a task and wakes the loop. After {@link #close} the task is dropped. */
    void add(Runnable task) {
        synchronized (lock) {
            if (closed) {
                return;
            }
            waiting.addLast(task);
            // Under the lock, because after close() the descriptor's number may mean another file.
            // One signal for all tasks of a turn.
            if (waiting.size() == 1) {
                wakeUp.signal();
            }
        }
    }

    /** Runs what was left until now, in order; what these leave waits for the next call. */
    void run() {
        synchronized (lock) {
            if (waiting.isEmpty()) {
                return;
            }
            ArrayDeque<Runnable> swapped = running;
            running = waiting;
            waiting = swapped;
            wakeUp.drain();
        }
        Runnable task = running.pollFirst();
        while (task != null) {
            task.run();
            task = running.pollFirst();
        }
    }

    void close() {
        synchronized (lock) {
            closed = true;
            waiting.clear();
            wakeUp.close();
        }
    }
}
