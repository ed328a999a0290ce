package io.culvert.client.proxy.open;

import io.culvert.client.proxy.Inside;
import io.culvert.client.proxy.InsideAddress;
import io.culvert.client.proxy.InsideFlow;
import io.culvert.client.proxy.dns.Answer;
import io.culvert.client.proxy.dns.Resolver;
import io.culvert.ip.IpAddress;
import io.culvert.loop.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One flow being opened, by happy eyeballs (RFC 8305): both families are asked for at once; IPv6
 * begins as soon as it is there, IPv4 50 ms later at the soonest while IPv6 is unanswered; then one
 * address after the other, 250 ms apart or when one has failed, until the first stands. Confined to
 * the loop; used once.
 */
public final class Opening {
    private static final long RESOLUTION_DELAY_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long STAGGER_NS = TimeUnit.MILLISECONDS.toNanos(250);

    /** Told how it ends: one of the two, once, later than the call, unless it is cancelled. */
    public interface Waiter {
        /**
         * The flow stands and is the callee's.
         *
         * @return who is told what happens to it
         */
        InsideFlow.Listener onOpen(InsideFlow flow);

        /** There is no flow. */
        void onFailed(OpenFailure failure);
    }

    private final Inside inside;
    private final EventLoop loop;
    private final int port;
    private final Waiter waiter;
    private final EventLoop.Timer stagger;
    private final EventLoop.Timer deadline;
    private final AddressQueue addresses = new AddressQueue();
    private final List<RaceLeg> running = new ArrayList<>();
    private final List<Resolver.Lookup> lookups = new ArrayList<>();
    private int unanswered;
    private boolean hasBegun;
    private boolean isOver;
    private OpenFailure worst = OpenFailure.GENERAL;

    Opening(Inside inside, EventLoop loop, int port, Waiter waiter) {
        this.inside = inside;
        this.loop = loop;
        this.port = port;
        this.waiter = waiter;
        this.stagger = loop.timer(this::startNext);
        this.deadline = loop.timer(this::onLate);
    }

    /** Gives it up without a word. A second call, or one after the end, does nothing. */
    public void cancel() {
        isOver = true;
        stagger.cancel();
        deadline.cancel();
        lookups.forEach(Resolver.Lookup::cancel);
        List<RaceLeg> others = List.copyOf(running);
        running.clear();
        others.forEach(RaceLeg::abandon);
    }

    void failLater(OpenFailure failure) {
        loop.execute(() -> lose(failure));
    }

    void start(IpAddress literal, long limitNs) {
        deadline.arm(limitNs);
        addresses.add(List.of(literal));
        loop.execute(this::startNext);
    }

    void start(Resolver resolver, String name, List<Boolean> families, long limitNs) {
        deadline.arm(limitNs);
        unanswered = families.size();
        for (boolean isIpv6 : families) {
            lookups.add(resolver.lookup(name, isIpv6, answer -> onAnswer(isIpv6, answer)));
        }
    }

    private void onAnswer(boolean isIpv6, Answer answer) {
        unanswered--;
        switch (answer) {
            case Answer.Addresses found ->
                    addresses.add(found.addresses().stream().filter(Reach::isInside).toList());
            case Answer.None none -> worst = worst.or(OpenFailure.of(none.reason()));
        }
        if (answer instanceof Answer.Addresses && addresses.isEmpty() && running.isEmpty()) {
            worst = worst.or(OpenFailure.DENIED);
        }
        if (hasBegun && !running.isEmpty()) {
            return; // the stagger brings them, or the failure of the one before
        }
        if (!isIpv6 && unanswered > 0 && !hasBegun && !addresses.isEmpty()) {
            stagger.arm(RESOLUTION_DELAY_NS);
        } else {
            startNext();
        }
    }

    private void startNext() {
        if (isOver) {
            return;
        }
        IpAddress address = addresses.poll();
        if (address == null) {
            loseIfNothingIsLeft();
            return;
        }
        hasBegun = true;
        if (unanswered > 0 || !addresses.isEmpty()) {
            stagger.arm(STAGGER_NS);
        }
        RaceLeg leg = new RaceLeg(this);
        running.add(leg);
        leg.start(inside, new InsideAddress(address, port));
    }

    private void loseIfNothingIsLeft() {
        if (running.isEmpty() && unanswered == 0) {
            lose(worst);
        } else if (!running.isEmpty() && unanswered > 0) {
            stagger.arm(STAGGER_NS); // more addresses may come
        }
    }

    InsideFlow.Listener onConnected(RaceLeg leg, InsideFlow flow) {
        running.remove(leg);
        cancel();
        return waiter.onOpen(flow);
    }

    void onFailed(RaceLeg leg, OpenFailure failure) {
        if (isOver || !running.remove(leg)) {
            return;
        }
        worst = worst.or(failure);
        startNext();
    }

    private void onLate() {
        lose(worst.or(hasBegun ? OpenFailure.TIMED_OUT : OpenFailure.NAME_UNANSWERED));
    }

    private void lose(OpenFailure failure) {
        if (!isOver) {
            cancel();
            waiter.onFailed(failure);
        }
    }
}
