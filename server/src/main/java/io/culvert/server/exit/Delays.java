package io.culvert.server.exit;

import io.culvert.loop.EventLoop;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Who waits until its peer may move more, and is told every few milliseconds. Confined. */
final class Delays {
    private static final long TICK_NS = 5_000_000;

    private final EventLoop.Timer timer;
    private final Set<TcpSplice> waiting = new LinkedHashSet<>();
    private int turns;

    Delays(EventLoop loop) {
        this.timer = loop.timer(this::tick);
    }

    void add(TcpSplice splice) {
        if (waiting.isEmpty()) {
            timer.arm(TICK_NS);
        }
        waiting.add(splice);
    }

    void remove(TcpSplice splice) {
        waiting.remove(splice);
    }

    /** Somebody else is first each time: the first may take all that there is. */
    private void tick() {
        List<TcpSplice> told = new ArrayList<>(waiting);
        waiting.clear();
        Collections.rotate(told, ++turns);
        told.forEach(TcpSplice::resume);
    }

    void close() {
        timer.cancel();
        waiting.clear();
    }
}
