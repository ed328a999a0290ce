package io.culvert.client.tunnel;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierInfo;
import io.culvert.client.loop.NettyLoop;
import io.culvert.client.loop.NetworkWatch;
import io.culvert.client.tls.ClientTls;
import io.culvert.config.PeerSection;
import io.culvert.config.TunnelFile;
import io.culvert.control.InterfaceStatus;
import io.culvert.control.LogWatcher;
import io.culvert.control.PeerConfigs;
import io.culvert.control.PumpDevice;
import io.culvert.control.StatusReader;
import io.culvert.control.StatusSocket;
import io.culvert.device.HandshakeThread;
import io.culvert.libc.BootTimeClock;
import io.culvert.noise.LocalIdentity;
import io.culvert.pump.Pump;
import io.culvert.pump.PumpSetup;
import io.culvert.time.MonotonicClock;
import io.culvert.time.TimestampSource;
import io.culvert.time.WallClock;
import io.culvert.tunnel.Peer;
import io.culvert.tunnel.Tunnel;
import io.culvert.tunnel.TunnelEffects;
import io.culvert.tunnel.TunnelEvent;
import io.culvert.tunnel.TunnelSetup;
import io.culvert.uapi.Moment;
import io.culvert.uapi.UapiSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's tunnel at work: one loop that owns the inside, the engine and the carriers.
 *
 * <p>Thread-safe: its methods hop to the loop.
 */
public final class ClientTunnel implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ClientTunnel.class);

    private final ClientSetup setup;
    private final NettyLoop loop;
    private final HandshakeThread handshakes;
    private final WallClock wall = WallClock.system();
    private final MonotonicClock clock = new BootTimeClock();
    private final CompletableFuture<Reached> reached = new CompletableFuture<>();
    private final CompletableFuture<IOException> insideGone = new CompletableFuture<>();

    // confined to the loop, made in start
    private @Nullable Pump pump;
    private @Nullable PeerPaths ways;
    private @Nullable StatusReader statusReader;
    private @Nullable NetworkWatch network;
    private @Nullable TunnelHealth health;

    private @Nullable StatusSocket statusSocket;
    private @Nullable UapiSocket control;

    /**
     * The first peer that was reached.
     *
     * @param peer short name of its key
     * @param carrier how
     */
    public record Reached(String peer, CarrierInfo carrier) {
        @Override
        public String toString() {
            return peer + " by " + (carrier.url() == null ? "udp" : carrier.url());
        }
    }

    private ClientTunnel(ClientSetup setup, NettyLoop loop) {
        this.setup = setup;
        this.loop = loop;
        this.handshakes = HandshakeThread.start(this::onLoop, loop.failed()::complete);
    }

    /** A loop that has ended needs nothing any more. */
    private void onLoop(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException ended) {
            log.debug("too late for the loop", ended);
        }
    }

    /**
     * Looks at what the file names but does not hold: the certificates of {@code CaFile}.
     *
     * @throws IllegalArgumentException with one line for the operator
     */
    public static void check(TunnelFile file) {
        for (PeerSection peer : file.peers()) {
            if (peer.webSocket() != null) {
                ClientTls.check(PeerPaths.trustOf(peer));
            }
        }
    }

    /**
     * Starts the tunnel; it connects by itself and for ever.
     *
     * @throws IOException when a socket or the status socket cannot be had; nothing is left behind
     */
    public static ClientTunnel start(ClientSetup setup) throws IOException {
        NettyLoop loop = NettyLoop.open();
        ClientTunnel tunnel = new ClientTunnel(setup, loop);
        boolean success = false;
        try {
            tunnel.loop.call(() -> {
                tunnel.startInLoop();
                return tunnel;
            });
            Path asked = setup.statusSocket();
            if (asked != null) {
                tunnel.statusSocket = StatusSocket.open(asked, tunnel::status);
            }
            tunnel.control = setup.control().open(tunnel.service());
            success = true;
            return tunnel;
        } finally {
            if (!success) {
                tunnel.close();
            }
        }
    }

    private UapiSocket.Service service() {
        Pump made = pump;
        PeerPaths udp = ways;
        if (made == null || udp == null) {
            throw new IllegalStateException("the tunnel was not started");
        }
        return new PumpDevice(made, udp, this::carrierOf, udp)
                .service(loop::execute, () -> new Moment(clock.nowNs(), wall.now()));
    }

    /** Completes when the first handshake does. */
    public CompletableFuture<Reached> reached() {
        return reached;
    }

    /** Completes when the inside is gone and nothing can pass any more. */
    public CompletableFuture<IOException> insideGone() {
        return insideGone;
    }

    /** Completes when the control socket's file is gone, by which tools end an interface. */
    public CompletableFuture<?> controlGone() {
        return control == null ? new CompletableFuture<>() : control.gone();
    }

    /** Completes when the loop had a fault: a bug, which the log tells of. */
    public CompletableFuture<Throwable> failed() {
        return loop.failed();
    }

    /** What {@code show} tells. */
    public CompletableFuture<InterfaceStatus> status() {
        CompletableFuture<InterfaceStatus> answer = new CompletableFuture<>();
        loop.execute(() -> {
            StatusReader reader = statusReader;
            PeerPaths now = ways;
            if (reader == null || now == null) {
                answer.completeExceptionally(new IOException("not started"));
            } else {
                answer.complete(reader.read(now.udpPort(), clock.nowNs(), wall.now()));
            }
        });
        return answer;
    }

    /**
     * Runs what belongs on the tunnel's loop there, and waits for its end.
     *
     * @throws IOException when the loop has ended
     */
    public <T extends @Nullable Object> T call(Function<NettyLoop, T> task) throws IOException {
        return loop.call(() -> task.apply(loop));
    }

    /** Runs what belongs on the tunnel's loop there; one that has ended runs nothing. */
    void execute(Runnable task) {
        onLoop(task);
    }

    /** Whether some peer answers. To be called on the loop. */
    CompletableFuture<Boolean> answers() {
        TunnelHealth asked = health;
        return asked == null ? CompletableFuture.completedFuture(false) : asked.ask();
    }

    private void startInLoop() throws IOException {
        Pump made =
                new Pump(
                        new PumpSetup(
                                setup.tun(),
                                loop,
                                clock,
                                this::engine,
                                new LogWatcher(this::onEvent, insideGone::complete)));
        pump = made;
        health = new TunnelHealth(made, loop, clock);
        handshakes.onDone(made::collect);
        PeerPaths opened = new PeerPaths(setup, loop, made, clock, wall);
        ways = opened;
        statusReader = new StatusReader(setup.tun().name(), made.tunnel(), this::carrierOf);
        if (!setup.isDriven()) {
            addPeers(made, opened);
        }
        made.start();
        opened.all().forEach(PeerPath::start);
        network =
                new NetworkWatch(
                        loop, clock::nowNs, () -> opened.all().forEach(PeerPath::onNetworkChange));
        network.start();
    }

    private void addPeers(Pump made, PeerPaths opened) throws IOException {
        for (PeerSection section : setup.file().peers()) {
            Peer<Carrier> peer = made.tunnel().addPeer(PeerConfigs.of(section));
            if (peer != null) {
                opened.open(peer, section);
            }
        }
    }

    private Tunnel<Carrier> engine(TunnelEffects<Carrier> effects) {
        SecureRandom random = new SecureRandom();
        LocalIdentity identity =
                setup.isDriven()
                        ? LocalIdentity.unset(random)
                        : new LocalIdentity(setup.file().local().privateKey());
        return new Tunnel<>(
                new TunnelSetup<>(
                        identity,
                        setup.mtu(),
                        effects,
                        new TimestampSource(wall),
                        random,
                        handshakes));
    }

    private void onEvent(TunnelEvent<Carrier> event) {
        switch (event) {
            case TunnelEvent.HandshakeCompleted<Carrier>(var peer) -> {
                Carrier carrier = peer.endpoint();
                if (carrier != null) {
                    reached.complete(new Reached(peer.toString(), carrier.info()));
                }
            }
            case TunnelEvent.HandshakeGaveUp<Carrier>(var peer) -> {
                PeerPath path = pathOf(peer);
                if (path != null) {
                    path.onGaveUp();
                }
            }
            case TunnelEvent.Roamed<Carrier> _ -> {}
        }
    }

    private @Nullable PeerPath pathOf(Peer<Carrier> peer) {
        return ways == null ? null : ways.of(peer);
    }

    private @Nullable CarrierInfo carrierOf(Peer<Carrier> peer) {
        Carrier carrier = peer.endpoint();
        PeerPath path = pathOf(peer);
        if (carrier != null) {
            return carrier.info();
        }
        return path == null ? null : path.info();
    }

    /** Says goodbye on every carrier and ends the loop; the inside is closed. */
    @Override
    public void close() {
        if (statusSocket != null) {
            statusSocket.close();
        }
        if (control != null) {
            control.close();
        }
        try {
            loop.call(Executors.callable(this::closeInLoop));
        } catch (IOException e) {
            log.warn("{}", e.getMessage());
        } finally {
            loop.close();
            handshakes.close();
        }
    }

    private void closeInLoop() {
        if (network != null) {
            network.close();
        }
        if (ways != null) {
            ways.close();
        }
        if (pump != null) {
            pump.close();
        } else {
            setup.tun().close();
        }
    }
}
