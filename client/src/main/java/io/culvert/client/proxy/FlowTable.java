package io.culvert.client.proxy;

import io.culvert.loop.EventLoop;
import io.culvert.time.WallClock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The flows that are alive, at most so many, in the order in which they were opened; tells those
 * over which nothing went for long. No clock is read for a byte: a timer counts the quiet ticks of
 * each flow, so an idle limit is kept to one tick, a quarter of the shorter limit. Confined to the
 * loop.
 */
public final class FlowTable {
    private static final int TICKS_PER_LIMIT = 4;

    private final WallClock clock;
    private final int mostFlows;
    private final long tickNs;
    private final long idleTicks;
    private final long udpIdleTicks;
    private final EventLoop.Timer timer;
    private final Set<LiveFlow> flows = new LinkedHashSet<>();
    private boolean isClosed;

    /** An empty table. */
    public FlowTable(EventLoop loop, WallClock clock, ProxyLimits limits) {
        this.clock = clock;
        this.mostFlows = limits.mostFlows();
        this.tickNs = Math.max(1, Math.min(limits.idleNs(), limits.udpIdleNs()) / TICKS_PER_LIMIT);
        this.idleTicks = limits.idleNs() / tickNs;
        this.udpIdleTicks = limits.udpIdleNs() / tickNs;
        this.timer = loop.timer(this::tick);
    }

    /**
     * A place for another flow.
     *
     * @param onIdle run when nothing went over the flow for as long as its kind may be quiet
     * @return null when the table is full, or closed
     */
    public @Nullable LiveFlow open(FlowKind kind, LiveFlow.Ends ends, Runnable onIdle) {
        if (isClosed || flows.size() >= mostFlows) {
            return null;
        }
        if (flows.isEmpty()) {
            timer.arm(tickNs);
        }
        LiveFlow flow = new LiveFlow(this, kind, ends, clock.now(), onIdle);
        flows.add(flow);
        return flow;
    }

    /** How many flows there are. */
    public int size() {
        return flows.size();
    }

    /** What {@code show} tells, oldest flow first. */
    public List<FlowInfo> list() {
        return flows.stream().map(LiveFlow::info).toList();
    }

    /** Ends all flows as if they had been quiet too long, and takes no more. */
    public void close() {
        isClosed = true;
        timer.cancel();
        List.copyOf(flows).forEach(LiveFlow::idle);
    }

    void remove(LiveFlow flow) {
        if (flows.remove(flow) && flows.isEmpty()) {
            timer.cancel();
        }
    }

    private void tick() {
        for (LiveFlow flow : List.copyOf(flows)) {
            if (flow.tick() > (flow.kind().isUdp() ? udpIdleTicks : idleTicks)) {
                flow.idle();
            }
        }
        if (!flows.isEmpty()) {
            timer.arm(tickNs);
        }
    }
}
