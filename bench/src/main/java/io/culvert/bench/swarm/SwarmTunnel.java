package io.culvert.bench.swarm;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierListener;
import io.culvert.carrier.Hello;
import io.culvert.client.dial.WebSocketDialer;
import io.culvert.crypto.PresharedKey;
import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import io.culvert.loop.EventLoop;
import io.culvert.noise.LocalIdentity;
import io.culvert.time.TimestampSource;
import io.culvert.tunnel.Peer;
import io.culvert.tunnel.PeerConfig;
import io.culvert.tunnel.Tunnel;
import io.culvert.tunnel.TunnelEffects;
import io.culvert.tunnel.TunnelEvent;
import io.culvert.tunnel.TunnelSetup;
import io.culvert.wire.Transport;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One client's tunnel: an engine with one peer, by a WebSocket or by UDP, and echoes in place of an
 * inside. Confined to the loop.
 */
final class SwarmTunnel implements CarrierListener, TunnelEffects<Carrier> {
    private static final int MTU = 1420;
    private static final int PADDING = 15;

    /** How late the engine's timers may be: as the pump's. */
    private static final long TIMER_SLACK_NS = 20_000_000;

    private static final long ASK_AGAIN_NS = 1_000_000_000;

    private final Ground ground;
    private final int number;
    private final Tunnel<Carrier> engine;
    private final Peer<Carrier> gateway;
    private final EventLoop.Timer timer;
    private final ArrayDeque<byte[]> outbox = new ArrayDeque<>();
    private final Echo.Stamp stamp = new Echo.Stamp();
    private boolean timerIsNear;

    /** Null until {@link #start}, and where the tunnel goes by UDP. */
    private @Nullable WebSocketDialer dialer;

    /** Null while there is none. */
    private @Nullable Carrier carrier;

    private long startedNs;
    private long askedNs;

    /** From the start to the first answered echo; null before it. */
    private @Nullable Long firstAnswerNs;

    private int losses;
    private boolean isStopped;

    SwarmTunnel(Ground ground, int number) {
        this.ground = ground;
        this.number = number;
        this.engine =
                new Tunnel<>(
                        new TunnelSetup<>(
                                new LocalIdentity(ground.files().privateKey(number)),
                                MTU,
                                this,
                                new TimestampSource(ground.wall()),
                                ground.random()));
        IpPrefix everything = new IpPrefix(IpAddress.parse("0.0.0.0"), 0);
        Peer<Carrier> peer =
                engine.addPeer(
                        new PeerConfig(
                                ground.files().gateway(),
                                PresharedKey.NONE,
                                List.of(everything),
                                0));
        if (peer == null) {
            throw new IllegalStateException("tunnel " + number + " has the gateway's key");
        }
        this.gateway = peer;
        this.timer = ground.loop().timer(this::onTimer);
    }

    /** Begins to connect. */
    void start() throws IOException {
        startedNs = ground.nowNs();
        if (ground.isUdp()) {
            carrier = new UdpPath(ground.loop(), ground.udp(number), this);
            onOpen(carrier);
        } else {
            dialer = ground.dialer(number, this);
            dialer.start();
        }
    }

    /** Closes, for good. */
    void stop() {
        isStopped = true;
        timer.cancel();
        Carrier open = carrier;
        carrier = null;
        if (dialer != null) {
            dialer.stop();
        } else if (open != null) {
            open.close();
        }
        engine.destroy();
    }

    /** Whether an echo was answered, and what it went by is there. */
    boolean isUp() {
        return firstAnswerNs != null && carrier != null;
    }

    @Nullable Long firstAnswerNs() {
        return firstAnswerNs;
    }

    /** Carriers that ended although the tunnel was not stopped. */
    int losses() {
        return losses;
    }

    /** Sends an echo if that can be done now. */
    boolean ask(int round, long nowNs) {
        Carrier open = carrier;
        if (open == null || !open.isWritable() || !engine.canSeal(gateway, nowNs)) {
            return false;
        }
        askedNs = nowNs;
        stamp.round = round;
        stamp.sentNs = nowNs;
        int offset = open.reserve(Echo.LENGTH + PADDING + Transport.OVERHEAD);
        byte[] array = open.array();
        int source = SwarmFiles.address(number);
        int length =
                Echo.write(array, offset + Transport.CONTENT, source, SwarmFiles.GATEWAY, stamp);
        open.commit(engine.seal(gateway, array, offset, length, nowNs));
        open.flush(nowNs);
        settle(nowNs);
        return true;
    }

    /** Asks for the first answer again where none came. */
    void urge(long nowNs) {
        if (firstAnswerNs == null && nowNs - askedNs > ASK_AGAIN_NS) {
            var _ = ask(Ground.FIRST, nowNs);
        }
    }

    private void onTimer() {
        timerIsNear = false;
        long nowNs = ground.nowNs();
        engine.tick(nowNs);
        flush(nowNs);
        timer.arm(Math.max(TIMER_SLACK_NS, engine.nextDeadlineNs(nowNs) - nowNs));
    }

    /** After any call of the engine. */
    private void settle(long nowNs) {
        flush(nowNs);
        if (!timerIsNear && !isStopped) {
            timerIsNear = true;
            timer.arm(TIMER_SLACK_NS);
        }
    }

    private void flush(long nowNs) {
        Carrier open = carrier;
        if (open == null || outbox.isEmpty()) {
            return;
        }
        for (byte[] datagram; (datagram = outbox.pollFirst()) != null; ) {
            int offset = open.reserve(datagram.length);
            System.arraycopy(datagram, 0, open.array(), offset, datagram.length);
            open.commit(datagram.length);
        }
        open.flush(nowNs);
    }

    @Override
    public void onOpen(Carrier opened) {
        carrier = opened;
        long nowNs = ground.nowNs();
        engine.connect(gateway, opened, nowNs);
        if (!engine.canSeal(gateway, nowNs)) {
            engine.renewKeys(gateway, nowNs);
        }
        settle(nowNs);
    }

    @Override
    public void onDatagram(Carrier from, byte[] array, int offset, int length) {
        if (isStopped) {
            return;
        }
        long nowNs = ground.nowNs();
        int packet = engine.receive(array, offset, length, from, nowNs);
        if (packet > 0 && Echo.read(array, offset + Transport.CONTENT, packet, stamp)) {
            if (firstAnswerNs == null) {
                firstAnswerNs = nowNs - startedNs;
            }
            ground.onAnswer(stamp.round, nowNs - stamp.sentNs);
        }
    }

    @Override
    public void onReadEnd(Carrier from) {
        if (!isStopped) {
            settle(ground.nowNs());
        }
    }

    @Override
    public void onWritable(Carrier opened) {
        if (!isStopped) {
            settle(ground.nowNs());
        }
    }

    @Override
    public void onHello(Carrier from, Hello hello) {}

    @Override
    public void onDrain(Carrier from, long afterMs) {}

    @Override
    public void onClosed(Carrier closed) {
        if (isStopped) {
            return;
        }
        losses++;
        carrier = null;
        engine.disconnect(closed);
    }

    @Override
    public void send(Carrier to, byte[] array, int offset, int length, int trafficClass) {
        outbox.addLast(Arrays.copyOfRange(array, offset, offset + length));
    }

    @Override
    public byte[] source(Carrier endpoint) {
        return endpoint.source();
    }

    @Override
    public boolean isProven(Carrier endpoint) {
        return true;
    }

    @Override
    public void on(TunnelEvent<Carrier> event) {
        if (event instanceof TunnelEvent.HandshakeCompleted<Carrier> && firstAnswerNs == null) {
            // not within the engine's own call
            ground.loop()
                    .execute(() -> {
                        if (!isStopped) {
                            urge(ground.nowNs());
                        }
                    });
        }
    }
}
