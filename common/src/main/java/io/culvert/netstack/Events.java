package io.culvert.netstack;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Flows whose listeners are to be told something, after the stack is done with what told it, so
 * that they may call back. Confined to the stack's thread.
 */
final class Events {
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    void add(Runnable event) {
        waiting.addLast(event);
    }

    /** Tells all, and what comes to it meanwhile. */
    void deliver() {
        @Nullable Runnable event = waiting.pollFirst();
        while (event != null) {
            event.run();
            event = waiting.pollFirst();
        }
    }
}
