package io.culvert.netstack;

import io.culvert.ip.IpAddress;
import io.culvert.netstack.tcp.ChunkPool;
import io.culvert.netstack.tcp.Delivery;
import io.culvert.netstack.tcp.SentPool;
import io.culvert.stats.DropReason;
import io.culvert.time.DeadlineHeap;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the protocols of one stack share: the setup, the time of the present call, timers, memory,
 * and the way out. Confined to the stack's thread.
 */
final class Context {
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    private static final int TCP_HEADER = 20;

    final StackSetup setup;
    final SipHash hash;
    final DeadlineHeap timers = new DeadlineHeap();
    final ChunkPool chunks;
    final SentPool sents = new SentPool();
    final Outlet outlet;
    final PathMtus pathMtus;
    final Events events = new Events();
    final Delivery delivery = new Delivery();
    final Quota quota;
    final Quota openings; // of the same remote addresses, not answered yet
    final IcmpErrors errors;
    private final @Nullable IpAddress ownIpv4; // null where there is none
    private final @Nullable IpAddress ownIpv6;

    /** What waits for a call that tells the time. */
    private final ArrayDeque<Runnable> moments = new ArrayDeque<>();

    /** The time of the present call, or of the last one that told it. */
    long nowNs;

    Context(StackSetup setup, Runnable onOutput) {
        this.setup = setup;
        this.hash = setup.secrets().key().hash();
        this.chunks = new ChunkPool(setup.limits().bufferBytes());
        this.outlet = new Outlet(setup.limits().datagramBytes(), onOutput);
        this.pathMtus = new PathMtus(setup.link().mtuBytes());
        this.quota = new Quota(setup.limits().perRemote());
        this.openings = new Quota(setup.limits().pendingPerRemote());
        this.errors = new IcmpErrors(this);
        this.ownIpv4 = first(false);
        this.ownIpv6 = first(true);
    }

    private @Nullable IpAddress first(boolean isIpv6) {
        return setup.addresses().stream()
                .filter(address -> address.isIpv6() == isIpv6)
                .findFirst()
                .orElse(null);
    }

    boolean isOwn(IpAddress address) {
        return isOwn(address.high(), address.low());
    }

    /** The same without an object; the families cannot be mistaken for each other. */
    boolean isOwn(long high, long low) {
        List<IpAddress> own = setup.addresses();
        for (int i = 0; i < own.size(); i++) {
            if (own.get(i).high() == high && own.get(i).low() == low) {
                return true;
            }
        }
        return false;
    }

    /** The address by which this stack opens flows of a family; null when it has none. */
    @Nullable IpAddress sourceFor(boolean isIpv6) {
        return isIpv6 ? ownIpv6 : ownIpv4;
    }

    /** A call that tells the time begins. */
    void enter(long momentNs) {
        nowNs = momentNs;
        for (Runnable waiting = moments.pollFirst();
                waiting != null;
                waiting = moments.pollFirst()) {
            waiting.run();
        }
    }

    /** Does it when the time is known: what the application calls does not tell it. */
    void atNextMoment(Runnable what) {
        moments.addLast(what);
        outlet.wake();
    }

    /** Whether something waits for the time, or to be told. */
    boolean isUrged() {
        return !moments.isEmpty() || !events.isEmpty();
    }

    void drop(DropReason reason) {
        setup.drops().count(reason);
    }

    /** The largest segment, headers not counted, that a packet of that length holds. */
    static int segmentSize(int mtuBytes, boolean isIpv6) {
        return mtuBytes - (isIpv6 ? IPV6_HEADER : IPV4_HEADER) - TCP_HEADER;
    }

    /** Milliseconds for timestamps, of a clock that begins elsewhere for each flow. */
    int timestamp(int offset) {
        return (int) Math.floorDiv(nowNs, 1_000_000L) + offset;
    }
}
