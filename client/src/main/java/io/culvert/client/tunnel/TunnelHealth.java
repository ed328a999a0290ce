package io.culvert.client.tunnel;

import io.culvert.carrier.Carrier;
import io.culvert.client.proxy.Health;
import io.culvert.loop.EventLoop;
import io.culvert.pump.Pump;
import io.culvert.time.MonotonicClock;
import io.culvert.tunnel.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether some peer answers now. Keys say that it did within three minutes; what it says to a new
 * handshake, which any WireGuard answers, says that it does. A handshake of the last seconds is
 * proof enough. Confined to the loop.
 */
final class TunnelHealth implements Health {
    private static final long FRESH_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(3);
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Pump pump;
    private final MonotonicClock clock;
    private final EventLoop.Timer timer;
    private final List<Heard> heard = new ArrayList<>();
    private long untilNs;

    /** What all wait for who ask now; null when nobody does. */
    private @Nullable CompletableFuture<Boolean> asked;

    TunnelHealth(Pump pump, EventLoop loop, MonotonicClock clock) {
        this.pump = pump;
        this.clock = clock;
        this.timer = loop.timer(this::look);
    }

    /** How much a peer had said. */
    private record Heard(Peer<Carrier> peer, long bytes) {}

    @Override
    public CompletableFuture<Boolean> ask() {
        if (asked != null) {
            return asked;
        }
        long nowNs = clock.nowNs();
        heard.clear();
        for (Peer<Carrier> peer : pump.tunnel().peers()) {
            Long completedNs = peer.latestHandshakeNs();
            boolean isUsable = peer.endpoint() != null && pump.hasKeys(peer);
            if (isUsable && completedNs != null && nowNs - completedNs < FRESH_NS) {
                return CompletableFuture.completedFuture(true);
            }
            if (isUsable) {
                heard.add(new Heard(peer, peer.rxBytes()));
            }
        }
        if (heard.isEmpty()) {
            return CompletableFuture.completedFuture(false);
        }
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        asked = answer;
        untilNs = nowNs + PATIENCE_NS;
        heard.forEach(each -> pump.renewKeys(each.peer()));
        timer.arm(LOOK_NS);
        return answer;
    }

    private void look() {
        CompletableFuture<Boolean> answer = asked;
        if (answer == null) {
            return;
        }
        boolean hasAnswered = heard.stream().anyMatch(each -> each.peer().rxBytes() > each.bytes());
        if (hasAnswered || clock.nowNs() - untilNs >= 0) {
            asked = null;
            answer.complete(hasAnswered);
        } else {
            timer.arm(LOOK_NS);
        }
    }
}
