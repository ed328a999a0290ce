package io.culvert.tunnel;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A worker that works when the test says so, urgent ones first. Confined to the test. */
final class ScriptedWorker implements HandshakeWorker {
    private final ArrayDeque<Examination> urgent = new ArrayDeque<>();
    private final ArrayDeque<Examination> waiting = new ArrayDeque<>();
    private final ArrayDeque<Examination> done = new ArrayDeque<>();

    /** Runs each at once, as most tests want it. */
    boolean isPrompt = true;

    @Override
    public boolean add(Examination examination) {
        (examination.isUrgent() ? urgent : waiting).addLast(examination);
        if (isPrompt) {
            work(1);
        }
        return isPrompt;
    }

    @Override
    public @Nullable Examination poll() {
        return done.pollFirst();
    }

    /** Runs so many; how many there were. */
    int work(int most) {
        int worked = 0;
        for (; worked < most; worked++) {
            Examination next = urgent.isEmpty() ? waiting.pollFirst() : urgent.pollFirst();
            if (next == null) {
                break;
            }
            next.run();
            done.addLast(next);
        }
        return worked;
    }

    /** How many wait to be run. */
    int waiting() {
        return urgent.size() + waiting.size();
    }
}
