package io.culvert.client.dial;

import io.culvert.carrier.CarrierInfo;
import io.culvert.carrier.CarrierInfo.State;
import io.culvert.carrier.CarrierListener;
import io.culvert.carrier.RemoteAddress;
import io.culvert.carrier.WebSocketCarrier;
import io.culvert.carrier.WebSocketSettings;
import io.culvert.client.loop.NettyLoop;
import io.culvert.client.tls.ClientTls;
import io.culvert.loop.EventLoop;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one WebSocket to a gateway up, from {@link #start} to {@link #stop}.
 *
 * <ol>
 *   <li>The name is resolved, off the loop, and its addresses are kept.
 *   <li>A race of attempts at them ends with one WebSocket, or with a wait that doubles.
 *   <li>The carrier on it is the listener's until it closes; then 2 again.
 *   <li>A gateway that goes away ({@code DRAIN}) keeps the old carrier until the new one is up.
 * </ol>
 *
 * <p>The listener hears of one carrier at a time, on the loop. The public methods are thread-safe:
 * they hop to the loop, or read what it published.
 */
public final class WebSocketDialer {
    private static final Logger log = LoggerFactory.getLogger(WebSocketDialer.class);

    /** A connection that lived this long starts the backoff anew. */
    private static final long SOUND_NS = TimeUnit.SECONDS.toNanos(5);

    /** The longest wait that a gateway may ask for. */
    private static final long LONGEST_DRAIN_MS = TimeUnit.MINUTES.toMillis(5);

    private static final int FAILURES_UNTIL_LOOKUP = 2;
    private static final long SHORTEST_TICK_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final NettyLoop loop;
    private final CarrierListener listener;
    private final DialContext context;
    private final AddressBook book;
    private final Backoff backoff;
    private final OutageLog outages = new OutageLog(log);
    private final EventLoop.Timer retry;
    private final EventLoop.Timer tick;

    private DialPlan plan;
    private boolean isStopped;
    private boolean isDraining;
    private int failures;

    /** The race under way; null between races. */
    private @Nullable DialRace race;

    /** The carrier that is up; null while there is none. */
    private @Nullable Link link;

    /** Published by the loop for everybody. */
    private volatile CarrierInfo info;

    /** A carrier that is up, its guard, when it came up, and by which connection. */
    private record Link(
            WebSocketCarrier carrier, CurrentCarrier guard, long sinceNs, Channel channel) {}

    /**
     * A dialer that does nothing until {@link #start}.
     *
     * @throws IllegalArgumentException with one line for the operator, where the trust is unusable
     */
    public WebSocketDialer(
            DialSettings settings, NettyLoop loop, CarrierListener listener, DialContext context) {
        ClientTls tls =
                settings.isSecure() ? ClientTls.open(settings.trust(), context.tls()) : null;
        this.plan = new DialPlan(settings, tls, context.random());
        this.loop = loop;
        this.listener = listener;
        this.context = context;
        this.book = new AddressBook(settings.host(), context.addresses(), loop, context.lookups());
        this.backoff = new Backoff(context.random());
        this.retry = loop.timer(this::dial);
        this.tick = loop.timer(this::onTick);
        this.info = infoOf(State.DOWN, null);
    }

    /** Begins to connect. */
    public void start() {
        loop.execute(this::dial);
    }

    /** Closes what is open (WebSocket status 1000), for good. */
    public void stop() {
        loop.execute(this::stopInLoop);
    }

    /**
     * Dials at once where nothing is up or what is up left from an address that is gone; what is up
     * has to prove itself.
     */
    public void onNetworkChange() {
        loop.execute(this::lookAfterLink);
    }

    /** Marks what is up, and what will be dialled, by another firewall mark; 0 for none. */
    public void mark(int fwMark) {
        loop.execute(() -> markInLoop(fwMark));
    }

    /** For {@code show}. */
    public CarrierInfo info() {
        return info;
    }

    /** Connects anew at once; what is up stays up until then. */
    private void reconnect() {
        backoff.reset();
        abandonRace();
        dial();
    }

    private void markInLoop(int fwMark) {
        plan = plan.withFwMark(fwMark);
        boolean isMarked = link != null && Sockets.remark(link.channel, fwMark);
        if (!isStopped && (!isMarked || race != null)) {
            reconnect();
        }
    }

    private void lookAfterLink() {
        Link up = link;
        if (isStopped) {
            return;
        }
        if (up == null || !isHere(up.channel.localAddress())) {
            reconnect();
        }
        if (up != null) {
            up.carrier.probe(context.nowNs().getAsLong());
            onTick();
        }
    }

    private static boolean isHere(@Nullable SocketAddress address) {
        try {
            return !(address instanceof InetSocketAddress local)
                    || NetworkInterface.getByInetAddress(local.getAddress()) != null;
        } catch (SocketException unknown) {
            return true;
        }
    }

    private void dial() {
        retry.cancel();
        if (isStopped || race != null) {
            return;
        }
        if (link == null && info.state() != State.CONNECTING) {
            info = infoOf(State.CONNECTING, null);
        }
        if (book.addresses().isEmpty()) {
            book.refresh(this::onResolved);
        } else {
            startRace();
        }
    }

    private void onResolved() {
        if (book.addresses().isEmpty()) {
            onLost(book.failure());
        } else if (!isStopped && race == null) {
            startRace();
        }
    }

    private void startRace() {
        DialRace next =
                new DialRace(
                        loop,
                        plan,
                        new DialRace.Outcome() {
                            @Override
                            public void onWon(DialAttempt.Upgraded upgraded) {
                                WebSocketDialer.this.onWon(upgraded);
                            }

                            @Override
                            public void onLost(DialFailure failure) {
                                WebSocketDialer.this.onLost(failure);
                            }
                        });
        race = next;
        next.start(AddressOrder.interleave(book.addresses()));
    }

    private void onLost(DialFailure failure) {
        race = null;
        boolean isWanted = link == null || isDraining;
        if (isStopped || !isWanted) {
            return; // after reconnectNow: what was up still is
        }
        failures++;
        outages.failed(url(), failure);
        if (failures % FAILURES_UNTIL_LOOKUP == 0 && !book.addresses().isEmpty()) {
            book.refresh(() -> {}); // the next race takes what it found
        }
        retry.arm(backoff.nextNs());
    }

    private void onWon(DialAttempt.Upgraded upgraded) {
        race = null;
        failures = 0;
        isDraining = false;
        retire();
        String remote = RemoteAddress.text(upgraded.remote());
        info = infoOf(State.UP, remote, Sockets.congestionControl(upgraded.channel()));
        outages.connected(url(), remote);
        long nowNs = context.nowNs().getAsLong();
        CurrentCarrier guard = new CurrentCarrier(listener, new LinkOwner());
        WebSocketCarrier carrier = carrierOf(upgraded, guard);
        CarrierHandler handler = new CarrierHandler(carrier, context.nowNs());
        link = new Link(carrier, guard, nowNs, upgraded.channel());
        upgraded.channel().pipeline().replace(UpgradeHandler.class, null, handler);
        carrier.start(nowNs);
        handler.receiveRest(upgraded.rest());
        onTick();
    }

    private WebSocketCarrier carrierOf(DialAttempt.Upgraded upgraded, CurrentCarrier guard) {
        DialSettings settings = plan.settings();
        return new WebSocketCarrier(
                new WebSocketSettings(
                        WebSocketCarrier.Role.CLIENT,
                        upgraded.protocol(),
                        settings.hello(),
                        WebSocketSettings.DEFAULT_MESSAGE_BYTES,
                        settings.kind(),
                        url(),
                        RemoteAddress.text(upgraded.remote()),
                        RemoteAddress.source(upgraded.remote()),
                        info.since()),
                new NettyByteStream(upgraded.channel(), plan),
                guard,
                context.drops(),
                new SplittableRandom(context.random().nextLong()));
    }

    private void onTick() {
        if (link != null) {
            long delayNs = link.carrier.tick(context.nowNs().getAsLong());
            tick.arm(Math.max(delayNs, SHORTEST_TICK_NS));
        }
    }

    /** Replaces the carrier that is up, if any, by none; the listener hears that it closed. */
    private void retire() {
        Link old = link;
        if (old != null) {
            link = null;
            tick.cancel();
            old.guard.retire(old.carrier);
            old.carrier.close();
        }
    }

    private void abandonRace() {
        DialRace running = race;
        race = null;
        book.forget();
        if (running != null) {
            running.abandon();
        }
    }

    private void stopInLoop() {
        if (isStopped) {
            return;
        }
        isStopped = true;
        retry.cancel();
        abandonRace();
        info = infoOf(State.DOWN, null);
        retire();
        if (plan.tls() != null) {
            plan.tls().close();
        }
    }

    private CarrierInfo infoOf(State state, @Nullable String remote) {
        return infoOf(state, remote, "");
    }

    private CarrierInfo infoOf(State state, @Nullable String remote, String congestionControl) {
        return new CarrierInfo(
                plan.settings().kind(),
                url(),
                remote,
                state,
                context.wall().instant(),
                congestionControl,
                1);
    }

    private String url() {
        return plan.settings().url().toString();
    }

    /** Once to twice as long: the gateway told all its clients the same. */
    static long spreadNs(long waitMs, RandomGenerator random) {
        long ns = TimeUnit.MILLISECONDS.toNanos(waitMs);
        return ns + random.nextLong(ns + 1);
    }

    /** What the current carrier tells the dialer. */
    private final class LinkOwner implements CurrentCarrier.Owner {
        @Override
        public void onDrain(long afterMs) {
            if (!isStopped && race == null) {
                isDraining = true;
                long waitMs = Math.clamp(afterMs, 0, LONGEST_DRAIN_MS);
                retry.arm(spreadNs(waitMs, context.random()));
            }
        }

        @Override
        public void onClosed() {
            Link lost = link;
            link = null;
            tick.cancel();
            if (isStopped || lost == null) {
                return;
            }
            info = infoOf(State.CONNECTING, null);
            if (context.nowNs().getAsLong() - lost.sinceNs >= SOUND_NS) {
                backoff.reset();
            }
            if (isDraining) {
                return; // the gateway said when to come back
            }
            outages.lost(url());
            if (race == null) {
                retry.arm(backoff.nextNs());
            }
        }
    }
}
