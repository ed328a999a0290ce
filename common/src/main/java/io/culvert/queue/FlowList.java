package io.culvert.queue;

import org.jspecify.annotations.Nullable;

/** Flows in the order of their turns, linked through themselves. Confined to one thread. */
final class FlowList {
    private @Nullable Flow first;
    private @Nullable Flow last;

    @Nullable Flow first() {
        return first;
    }

    void append(Flow flow) {
        flow.next = null;
        if (last == null) {
            first = flow;
        } else {
            last.next = flow;
        }
        last = flow;
    }

    void removeFirst() {
        if (first != null) {
            first = first.next;
        }
        if (first == null) {
            last = null;
        }
    }

    /** The flow with the most bytes among this list's and {@code best}. */
    @Nullable Flow fattest(@Nullable Flow best) {
        Flow fattest = best;
        for (Flow flow = first; flow != null; flow = flow.next) {
            if (fattest == null || flow.bytes() > fattest.bytes()) {
                fattest = flow;
            }
        }
        return fattest;
    }
}
