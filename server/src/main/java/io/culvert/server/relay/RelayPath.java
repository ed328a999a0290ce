package io.culvert.server.relay;

import io.culvert.bytes.PacketPool;
import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierListener;
import io.culvert.carrier.Hello;
import io.culvert.loop.EventLoop;
import io.culvert.relay.Crossing;
import io.culvert.relay.RelayRule;
import io.culvert.server.config.GatewayConfig.DoorKind;
import io.culvert.server.config.RelayConfig;
import io.culvert.stats.Drops;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of one relay path. A remote that names itself in HELLO finds its session, and so its
 * UDP socket, again when it reconnects within {@value #KEPT_S} s; a bare one gets a new session
 * each time. Confined to the loop.
 */
final class RelayPath implements CarrierListener {
    private static final Logger log = LoggerFactory.getLogger(RelayPath.class);

    /** As long as WireGuard's keys live (REJECT-AFTER-TIME): later nobody waits for an answer. */
    private static final long KEPT_S = 180;

    private static final long KEPT_NS = TimeUnit.SECONDS.toNanos(KEPT_S);
    private static final int MOST_SESSIONS = 1024;

    private final RelayConfig config;
    private final int most;
    private final LongSupplier clock;
    private final Crossing.Shared crossings;
    private final RelaySocket.Shared sockets;
    private final RelayTarget target;
    private final EventLoop.Timer sweep;
    private final Map<Carrier, RelaySession> byCarrier = new HashMap<>();
    private final Map<UUID, RelaySession> byInstance = new HashMap<>();
    private int count;
    private boolean isFull;

    RelayPath(RelayConfig config, Setup setup) {
        this(config, setup, MOST_SESSIONS);
    }

    RelayPath(RelayConfig config, Setup setup, int most) {
        this.config = config;
        this.most = most;
        this.clock = setup.lookup().clock();
        RelayRule rule = config.anyDatagram() ? RelayRule.ANY : RelayRule.WIREGUARD;
        EventLoop loop = setup.lookup().loop();
        this.crossings = new Crossing.Shared(rule, new PacketPool(), setup.drops());
        byte[] inbound = new byte[RelaySocket.INBOUND_BYTES];
        this.sockets = new RelaySocket.Shared(loop, inbound, setup.drops(), setup.fwmark());
        this.target = new RelayTarget(config.to(), setup.lookup(), this::onTargetFound);
        this.sweep = loop.timer(this::sweep);
    }

    /**
     * What all paths of a gateway share.
     *
     * @param fwmark what policy routing knows our own datagrams by; 0 for none
     */
    record Setup(RelayTarget.Lookup lookup, Drops drops, int fwmark) {}

    void start() {
        target.start();
    }

    private void onTargetFound() {
        InetSocketAddress address = target.address();
        byInstance.values().forEach(session -> session.reach(address));
        byCarrier.values().forEach(session -> session.reach(address));
    }

    /** Told once before the first datagram, by who speaks {@code culvert.1}. */
    @Override
    public void onHello(Carrier from, Hello hello) {
        RelaySession known = byInstance.get(hello.instance());
        RelaySession session = known == null ? begin(hello.instance()) : known;
        if (session == null) {
            from.close();
            return;
        }
        Carrier before = session.carrier();
        if (before != null) {
            byCarrier.remove(before);
            session.disconnect(before);
            before.close();
        }
        attach(from, session);
    }

    /** A new session; null when there are too many. */
    private @Nullable RelaySession begin(@Nullable UUID instance) {
        if (count >= most && !dropOldestLost()) {
            if (!isFull) {
                log.warn("{}: {} sessions, no more are taken", config.path(), count);
            }
            isFull = true;
            return null;
        }
        isFull = false;
        count++;
        RelaySession session = new RelaySession(instance, crossings, sockets, clock);
        session.reach(target.address());
        if (instance != null) {
            byInstance.put(instance, session);
        }
        return session;
    }

    private void attach(Carrier carrier, RelaySession session) {
        byCarrier.put(carrier, session);
        session.connect(carrier);
    }

    @Override
    public void onDatagram(Carrier from, byte[] array, int offset, int length) {
        RelaySession session = byCarrier.get(from);
        if (session == null) { // a bare one
            session = begin(null);
            if (session == null) {
                from.close();
                return;
            }
            attach(from, session);
        }
        session.receive(array, offset, length);
    }

    @Override
    public void onWritable(Carrier carrier) {
        RelaySession session = byCarrier.get(carrier);
        if (session != null) {
            session.onWritable();
        }
    }

    @Override
    public void onClosed(Carrier carrier) {
        RelaySession session = byCarrier.remove(carrier);
        if (session == null) {
            return;
        }
        session.disconnect(carrier);
        if (session.instance() == null) {
            end(session);
        } else {
            sweep.arm(KEPT_NS);
        }
    }

    /** Ends the sessions that nobody came back to. */
    private void sweep() {
        long nowNs = clock.getAsLong();
        long nextNs = Long.MAX_VALUE;
        for (RelaySession session : List.copyOf(byInstance.values())) {
            long leftNs = session.lostNs() + KEPT_NS - nowNs;
            if (session.carrier() == null && leftNs <= 0) {
                end(session);
            } else if (session.carrier() == null) {
                nextNs = Math.min(nextNs, leftNs);
            }
        }
        if (nextNs != Long.MAX_VALUE) {
            sweep.arm(nextNs);
        }
    }

    private boolean dropOldestLost() {
        RelaySession oldest = null;
        for (RelaySession session : byInstance.values()) {
            boolean isLost = session.carrier() == null;
            if (isLost && (oldest == null || session.lostNs() - oldest.lostNs() < 0)) {
                oldest = session;
            }
        }
        if (oldest != null) {
            end(oldest);
        }
        return oldest != null;
    }

    private void end(RelaySession session) {
        count--;
        if (session.instance() != null) {
            byInstance.remove(session.instance());
        }
        session.close();
    }

    /** Who brought a token is known; who only knew a public key, when the target answered it. */
    boolean isProven(Carrier carrier) {
        RelaySession session = byCarrier.get(carrier);
        return config.door() == DoorKind.TOKEN || (session != null && session.isAnswered());
    }

    int sessions() {
        return count;
    }

    void close() {
        target.close();
        sweep.cancel();
        List<RelaySession> all = new ArrayList<>(byInstance.values());
        for (RelaySession session : byCarrier.values()) {
            if (session.instance() == null) {
                all.add(session);
            }
        }
        byCarrier.clear();
        all.forEach(this::end);
    }

    @Override
    public void onOpen(Carrier carrier) {}

    /** What came went out at once. */
    @Override
    public void onReadEnd(Carrier from) {}

    @Override
    public void onDrain(Carrier from, long afterMs) {}
}
