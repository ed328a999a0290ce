package io.culvert.bench.swarm;

import java.util.List;

/** Echoes through tunnels by turns, evenly in time. Confined to the loop. */
final class Asking implements Phase {
    private static final long STRAGGLERS_NS = 2_000_000_000L;
    private static final long NS_PER_S = 1_000_000_000L;

    private final List<SwarmTunnel> tunnels;
    private final Tally tally;
    private final Pace pace;
    private final long endNs;
    private int next;

    /** Each of the tunnels, which are at least one, asks so many times a second. */
    Asking(Ground ground, List<SwarmTunnel> tunnels, double perSecondEach, int seconds) {
        this.tunnels = tunnels;
        this.tally = ground.newTally();
        this.pace = new Pace(perSecondEach * tunnels.size(), ground.nowNs());
        this.endNs = ground.nowNs() + seconds * NS_PER_S;
    }

    @Override
    public boolean step(long nowNs) {
        if (nowNs >= endNs) {
            return tally.isComplete() || nowNs - endNs > STRAGGLERS_NS;
        }
        for (int due = pace.take(nowNs); due > 0; due--) {
            SwarmTunnel tunnel = tunnels.get(next);
            next = (next + 1) % tunnels.size();
            if (tunnel.ask(tally.round, nowNs)) {
                tally.onSent();
            } else {
                tally.onHeldBack();
            }
        }
        return false;
    }

    @Override
    public String members() {
        return tally.members();
    }
}
