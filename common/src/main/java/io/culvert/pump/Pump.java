package io.culvert.pump;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierListener;
import io.culvert.carrier.Hello;
import io.culvert.ip.Ecn;
import io.culvert.ip.SuperPacket;
import io.culvert.loop.EventLoop;
import io.culvert.stats.DropReason;
import io.culvert.time.MonotonicClock;
import io.culvert.tun.Tun;
import io.culvert.tunnel.Peer;
import io.culvert.tunnel.Tunnel;
import io.culvert.tunnel.TunnelEffects;
import io.culvert.tunnel.TunnelEvent;
import io.culvert.wire.Transport;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Moves packets between the inside and the carriers, through the engine. Confined to the loop,
 * which calls it when a descriptor is ready; it never blocks and has no thread.
 *
 * <p>The road out is {@link Outbound}'s. The road in: a carrier's datagram → the engine opens it in
 * place → packets of one flow are coalesced → written to the inside when the carrier has told all
 * it had read.
 */
public final class Pump implements CarrierListener, TunnelEffects<Carrier>, AutoCloseable {
    /** How late the engine's timers may be; saves looking at all of them for every packet. */
    private static final long TIMER_SLACK_NS = 20_000_000;

    /** Bytes held back at which the inside is not read any more. */
    private static final long HELD_BACK_BYTES = 1 << 20;

    private final Tun tun;
    private final EventLoop loop;
    private final MonotonicClock clock;
    private final PumpWatcher watcher;
    private final Tunnel<Carrier> tunnel;
    private final Outbound outbound;
    private final Outbox outbox;
    private final EventLoop.Timer timer;

    /** The next turn of the loop, for what this one left. */
    private final EventLoop.Timer nextTurn;

    private final Inward inward;

    // null until start
    private EventLoop.@Nullable Registration inside;

    // the clock is read once for all that one readiness brings
    private boolean clockIsFresh;
    private long nowNs;

    private boolean timerIsNear;
    private boolean insidePaused;
    private boolean insideGone;

    /** Packets may wait for a peer that has just got an endpoint, or another one, or keys. */
    private boolean mayDrain;

    private boolean closed;

    public Pump(PumpSetup setup) {
        this.tun = setup.tun();
        this.loop = setup.loop();
        this.clock = setup.clock();
        this.watcher = setup.watcher();
        this.tunnel = setup.engine().apply(this);
        this.outbound = new Outbound(tun, tunnel);
        this.outbox = new Outbox(tunnel.drops());
        this.inward = new Inward(tun, this::writeInside);
        this.timer = loop.timer(this::onTimer);
        this.nextTurn = loop.timer(this::poll);
    }

    /** The engine; to be called on the loop only, followed by {@link #settle}. */
    public Tunnel<Carrier> tunnel() {
        return tunnel;
    }

    /** Begins to read the inside. */
    public void start() {
        inside = tun.watch(loop, (readable, writable) -> poll());
        settle();
    }

    /** The inside has something to read: moves some of it out. Returns the packets read. */
    public int poll() {
        if (insideGone || closed) {
            return 0;
        }
        nowNs();
        int packets = 0;
        try {
            packets = outbound.poll(nowNs);
        } catch (IOException e) {
            insideIsGone(e);
        }
        outbound.flush(nowNs);
        settle();
        return packets;
    }

    /** There is a new path to the peer. */
    public void connect(Peer<Carrier> peer, Carrier carrier) {
        tunnel.connect(peer, carrier, nowNs());
        mayDrain = true;
        settle();
    }

    /** Whether packets for the peer could be sealed now. */
    public boolean hasKeys(Peer<Carrier> peer) {
        return tunnel.canSeal(peer, clock.nowNs());
    }

    /** The peer is known to have lost its keys. */
    public void renewKeys(Peer<Carrier> peer) {
        tunnel.renewKeys(peer, nowNs());
        settle();
    }

    /** The handshakes' worker is done with some initiations: goes on with them. */
    public void collect() {
        if (closed) {
            return;
        }
        if (tunnel.collect(nowNs())) {
            loop.execute(this::collect);
        }
        settle();
    }

    /** Removes a peer with all that waits for it. */
    public void remove(Peer<Carrier> peer) {
        outbound.forget(peer);
        tunnel.removePeer(peer.publicKey());
    }

    @Override
    public void onOpen(Carrier carrier) {}

    @Override
    public void onHello(Carrier from, Hello hello) {}

    @Override
    public void onDrain(Carrier from, long afterMs) {}

    @Override
    public void onDatagram(Carrier from, byte[] array, int offset, int length) {
        onDatagram(from, array, offset, length, Ecn.NOT_ECT);
    }

    @Override
    public void onDatagram(Carrier from, byte[] array, int offset, int length, int trafficClass) {
        if (closed) {
            return;
        }
        int packet = tunnel.receive(array, offset, length, from, nowNs());
        if (packet <= 0) {
            return;
        }
        int content = offset + Transport.CONTENT;
        boolean isSuper = SuperPacket.isAt(array, content);
        int at = isSuper ? content + SuperPacket.HEADER : content;
        if (!Ecn.decapsulate(trafficClass, array, at)) {
            tunnel.drops().count(DropReason.CE_ON_NOT_ECT);
        } else if (isSuper) {
            inward.addSuper(array, at, packet);
        } else {
            inward.add(array, at, packet);
        }
    }

    @Override
    public void onReadEnd(Carrier from) {
        if (closed) {
            return;
        }
        inward.flush();
        settle();
    }

    @Override
    public void onWritable(Carrier carrier) {
        if (closed) {
            return;
        }
        outbox.flush(nowNs());
        outbound.drain(carrier, nowNs);
        settle();
    }

    @Override
    public void onClosed(Carrier carrier) {
        tunnel.disconnect(carrier);
        outbox.forget(carrier);
        settle();
    }

    @Override
    public void send(Carrier to, byte[] array, int offset, int length, int trafficClass) {
        // Not at once: the engine may be called while a datagram is being built in this carrier.
        outbox.add(to, Arrays.copyOfRange(array, offset, offset + length), trafficClass);
    }

    @Override
    public byte[] source(Carrier endpoint) {
        return endpoint.source();
    }

    @Override
    public boolean isProven(Carrier endpoint) {
        return endpoint.isProven();
    }

    @Override
    public void on(TunnelEvent<Carrier> event) {
        mayDrain |= !(event instanceof TunnelEvent.HandshakeGaveUp<Carrier>);
        watcher.on(event);
    }

    /** After any call of the engine: sends what it wants sent, and sees to its timers. */
    public void settle() {
        if (closed) {
            return;
        }
        if (!outbox.isEmpty()) {
            outbox.flush(nowNs());
        }
        if (mayDrain) {
            mayDrain = false;
            outbound.drain(nowNs());
            outbox.flush(nowNs);
        }
        if (!timerIsNear) {
            timerIsNear = true;
            timer.arm(TIMER_SLACK_NS);
        }
        if (outbound.hasMore(nowNs())) {
            nextTurn.arm(0);
        }
        pauseOrResumeInside();
        clockIsFresh = false;
    }

    private void onTimer() {
        long now = nowNs();
        tunnel.tick(now);
        settle();
        timerIsNear = false;
        timer.arm(Math.max(0, tunnel.nextDeadlineNs(now) - now));
    }

    private long nowNs() {
        if (!clockIsFresh) {
            clockIsFresh = true;
            nowNs = clock.nowNs();
        }
        return nowNs;
    }

    /** While carriers are full the kernel's queue, not ours, is where packets wait. */
    private void pauseOrResumeInside() {
        if (insideGone) {
            return;
        }
        long heldBack = outbound.heldBack();
        boolean pause = insidePaused ? heldBack > HELD_BACK_BYTES / 2 : heldBack > HELD_BACK_BYTES;
        if (pause != insidePaused && inside != null) {
            insidePaused = pause;
            inside.interest(!pause, false);
        }
    }

    private void writeInside(byte[] array, int offset, int length) {
        if (insideGone) {
            return;
        }
        try {
            if (!tun.write(array, offset, length)) {
                tunnel.drops().count(DropReason.INSIDE_REFUSED);
            }
        } catch (IOException e) {
            insideIsGone(e);
        }
    }

    private void insideIsGone(IOException cause) {
        if (!insideGone) {
            insideGone = true;
            if (inside != null) {
                inside.cancel(); // its descriptor would be ready for ever
            }
            watcher.onInsideGone(cause);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        timer.cancel();
        nextTurn.cancel();
        if (inside != null) {
            inside.cancel();
        }
        outbound.close();
        tunnel.destroy();
        tun.close();
    }
}
