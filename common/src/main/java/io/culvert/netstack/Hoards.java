package io.culvert.netstack;

import io.culvert.time.DeadlineHeap;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks, while memory is scarce, for flows that hold more than their share of it and move nothing:
 * whose other side keeps its window closed (RFC 6429) or a hole open, or whose application does not
 * read. Who has not moved a byte from one look to the next is reset. Confined to the stack's
 * thread.
 */
final class Hoards {
    private static final long INTERVAL_NS = 60_000_000_000L;

    private final Tcp tcp;
    private final Context context;
    private final DeadlineHeap.Timer timer;
    private boolean isWatching;

    Hoards(Tcp tcp) {
        this.tcp = tcp;
        this.context = tcp.context();
        this.timer = context.timers.timer(this::look);
    }

    /** Begins to look, if it does not. */
    void watch() {
        if (!isWatching) {
            isWatching = true;
            timer.armAt(context.nowNs + INTERVAL_NS);
        }
    }

    private void look() {
        isWatching = false;
        if (!context.chunks.isScarce()) {
            return;
        }
        int shareBytes = context.chunks.shareBytes();
        List<TcpFlow> hoarders = new ArrayList<>();
        tcp.table()
                .forEach(occupant -> {
                    if (occupant instanceof TcpFlow flow && flow.isHoarding(shareBytes)) {
                        hoarders.add(flow);
                    }
                });
        hoarders.forEach(TcpFlow::giveUp);
        watch();
    }
}
