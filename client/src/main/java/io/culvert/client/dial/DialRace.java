package io.culvert.client.dial;

import io.culvert.client.dial.DialFailure.Stage;
import io.culvert.client.loop.NettyLoop;
import io.culvert.loop.EventLoop;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Happy eyeballs (RFC 8305 §5): attempts at all addresses, begun one after the other, until the
 * first of them has its WebSocket. Confined to the loop; used once.
 *
 * <p>An attempt begins 250 ms after the one before, or when that one failed. Once some TCP
 * connection stands the next waits a second: only TLS and the upgrade are left to do then, and
 * several handshakes at once would look odd.
 */
final class DialRace implements DialAttempt.Listener {
    private static final long STAGGER_NS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long CONNECTED_STAGGER_NS = TimeUnit.SECONDS.toNanos(1);

    /** How a race ends: one of the two, once, unless it is abandoned. */
    interface Outcome {
        /** This attempt was first; the others are closed. */
        void onWon(DialAttempt.Upgraded upgraded);

        /** Every attempt failed, or time ran out. */
        void onLost(DialFailure failure);
    }

    private final NettyLoop loop;
    private final DialPlan plan;
    private final Outcome outcome;
    private final EventLoop.Timer stagger;
    private final EventLoop.Timer deadline;
    private final Queue<InetAddress> waiting = new ArrayDeque<>();
    private final List<DialAttempt> running = new ArrayList<>();
    private boolean isOver;

    /** What tells most of the failures so far; null before the first. */
    private @Nullable DialFailure worst;

    DialRace(NettyLoop loop, DialPlan plan, Outcome outcome) {
        this.loop = loop;
        this.plan = plan;
        this.outcome = outcome;
        this.stagger = loop.timer(this::startNext);
        this.deadline = loop.timer(this::onDeadline);
    }

    void start(Collection<InetAddress> addresses) {
        waiting.addAll(addresses);
        deadline.arm(TimeUnit.MILLISECONDS.toNanos(plan.settings().connectTimeoutMs()));
        startNext();
    }

    /** Ends the race without a word. */
    void abandon() {
        isOver = true;
        stagger.cancel();
        deadline.cancel();
        List<DialAttempt> others = List.copyOf(running);
        running.clear();
        others.forEach(DialAttempt::abandon);
    }

    private void startNext() {
        InetAddress address = waiting.poll();
        if (isOver || address == null) {
            return;
        }
        if (!waiting.isEmpty()) {
            stagger.arm(STAGGER_NS);
        }
        DialAttempt attempt = new DialAttempt(address, plan.settings().port(), this);
        running.add(attempt);
        attempt.start(loop, plan);
    }

    @Override
    public void onConnected(DialAttempt attempt) {
        if (!isOver && !waiting.isEmpty()) {
            stagger.arm(CONNECTED_STAGGER_NS);
        }
    }

    @Override
    public void onUpgraded(DialAttempt attempt, DialAttempt.Upgraded upgraded) {
        running.remove(attempt);
        abandon();
        outcome.onWon(upgraded);
    }

    @Override
    public void onFailed(DialAttempt attempt, DialFailure failure) {
        running.remove(attempt);
        if (isOver) {
            return;
        }
        if (worst == null || failure.tellsMoreThan(worst)) {
            worst = failure;
        }
        if (!waiting.isEmpty()) {
            startNext();
        } else if (running.isEmpty()) {
            lose(worst);
        }
    }

    private void onDeadline() {
        String silent =
                "no answer from "
                        + plan.settings().authority()
                        + " within "
                        + plan.settings().connectTimeoutMs()
                        + " ms: is it online, and does a firewall let this port through?";
        DialFailure timeout = new DialFailure(Stage.CONNECT, silent);
        lose(worst != null && worst.tellsMoreThan(timeout) ? worst : timeout);
    }

    private void lose(DialFailure failure) {
        abandon();
        outcome.onLost(failure);
    }
}
