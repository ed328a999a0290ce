package io.culvert.netstack;

import io.culvert.ip.TcpHeader;
import io.culvert.time.DeadlineHeap;
import java.util.ArrayDeque;

/**
 * The connections that linger, the first to go first. Bounded: beyond that the eldest goes early.
 * Confined to the stack's thread.
 */
final class TimeWaits {
    /** A new connection's numbers begin so far behind those of the last between the same ends. */
    private static final int APART = 65_537;

    private final Tcp tcp;
    private final Context context;
    private final ArrayDeque<TimeWait> waiting = new ArrayDeque<>();
    private final DeadlineHeap.Timer timer;
    private int count;

    TimeWaits(Tcp tcp) {
        this.tcp = tcp;
        this.context = tcp.context();
        this.timer = context.timers.timer(this::expire);
    }

    /** How many there are. */
    int count() {
        return count;
    }

    void add(TcpFlow flow) {
        long untilNs = context.nowNs + context.setup.timings().timeWaitNs();
        TimeWait wait = new TimeWait(flow, context.nowNs, untilNs);
        tcp.table().put(wait);
        waiting.addLast(wait);
        count++;
        while (waiting.size() > context.setup.limits().timeWaits()) { // those that are over too
            evictEldest();
        }
        arm();
    }

    private void evictEldest() {
        TimeWait eldest = waiting.pollFirst();
        if (eldest != null) {
            remove(eldest);
        }
    }

    private void remove(TimeWait wait) {
        if (!wait.isOver()) {
            wait.end();
            count--;
            tcp.table().remove(wait);
        }
    }

    private void arm() {
        TimeWait first = waiting.peekFirst();
        if (first != null && !timer.firesBy(first.untilNs())) {
            timer.armAt(first.untilNs());
        }
    }

    private void expire() {
        TimeWait first = waiting.peekFirst();
        while (first != null && mayLeave(first)) {
            waiting.pollFirst();
            if (first.takeExtended()) {
                waiting.addLast(first);
            } else {
                remove(first);
            }
            first = waiting.peekFirst();
        }
        arm();
    }

    private boolean mayLeave(TimeWait first) {
        return first.isOver() || first.isExtended() || first.untilNs() - context.nowNs <= 0;
    }

    /** Makes way for a new connection of this side; answers its least initial number. */
    int replace(TimeWait wait) {
        remove(wait);
        return wait.next() + APART;
    }

    /** A segment of a connection that lingers; whether it opens a new one in its place. */
    boolean receive(TimeWait wait, Segment segment) {
        if (wait.isReplacedBy(segment)) {
            remove(wait);
            return true;
        }
        boolean isReset = segment.has(TcpHeader.RST); // ignored: RFC 1337
        if (!isReset && segment.length() > 0) {
            wait.extend(context.nowNs + context.setup.timings().timeWaitNs());
            tcp.acknowledge(wait);
        }
        return false;
    }
}
