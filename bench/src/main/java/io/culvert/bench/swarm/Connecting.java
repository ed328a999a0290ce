package io.culvert.bench.swarm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Starts tunnels, so many a second, until each has its first answer. Confined to the loop. */
final class Connecting implements Phase {
    private static final long PATIENCE_NS = 10_000_000_000L;

    private final Ground ground;
    private final Plan plan;
    private final List<SwarmTunnel> upTunnels;
    private final List<Started> pending = new ArrayList<>();
    private final Pace pace;
    private final Tally tally = new Tally(Ground.FIRST);
    private final long attemptsBefore;
    private int next;
    private int failed;
    private int mostPending;

    /**
     * Which and how.
     *
     * @param first number of the first tunnel
     * @param count of them
     * @param perSecond at most
     * @param atOnce most that are begun and not up; what that holds up is not made up for
     * @param isChurn whether each is closed when it was up
     */
    record Plan(int first, int count, double perSecond, int atOnce, boolean isChurn) {}

    /** A tunnel and when it was started. */
    private record Started(SwarmTunnel tunnel, long atNs) {}

    /** Those that came up are added to {@code upTunnels}, unless they are closed at once. */
    Connecting(Ground ground, Plan plan, List<SwarmTunnel> upTunnels) {
        this.ground = ground;
        this.plan = plan;
        this.upTunnels = upTunnels;
        this.pace = new Pace(plan.perSecond(), ground.nowNs());
        this.attemptsBefore = ground.attempts();
    }

    @Override
    public boolean step(long nowNs) throws IOException {
        int due = pace.take(nowNs);
        for (; due > 0 && next < plan.count() && pending.size() < plan.atOnce(); due--) {
            SwarmTunnel tunnel = new SwarmTunnel(ground, plan.first() + next++);
            tunnel.start();
            tally.onSent();
            pending.add(new Started(tunnel, nowNs));
        }
        mostPending = Math.max(mostPending, pending.size());
        Iterator<Started> all = pending.iterator();
        while (all.hasNext()) {
            if (isDone(all.next(), nowNs)) {
                all.remove();
            }
        }
        return next == plan.count() && pending.isEmpty();
    }

    private boolean isDone(Started started, long nowNs) {
        SwarmTunnel tunnel = started.tunnel();
        Long answeredNs = tunnel.firstAnswerNs();
        if (answeredNs != null) {
            tally.onAnswer(answeredNs);
            if (plan.isChurn()) {
                tunnel.stop();
            } else {
                upTunnels.add(tunnel);
            }
            return true;
        }
        if (nowNs - started.atNs() > PATIENCE_NS) {
            failed++;
            tunnel.stop();
            return true;
        }
        tunnel.urge(nowNs);
        return false;
    }

    @Override
    public String members() {
        long attempts = ground.attempts() - attemptsBefore;
        return tally.members()
                + ", \"failed\": %d, \"attempts\": %d, \"mostPending\": %d"
                        .formatted(failed, attempts, mostPending);
    }
}
