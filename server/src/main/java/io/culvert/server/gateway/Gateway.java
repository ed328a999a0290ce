package io.culvert.server.gateway;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierInfo;
import io.culvert.carrier.Hello;
import io.culvert.carrier.WebSocketCarrier;
import io.culvert.config.ConfigException;
import io.culvert.config.PeerSection;
import io.culvert.control.InterfaceStatus;
import io.culvert.control.LogWatcher;
import io.culvert.control.PeerConfigs;
import io.culvert.control.PumpDevice;
import io.culvert.control.StatusReader;
import io.culvert.control.StatusSocket;
import io.culvert.crypto.PublicKey;
import io.culvert.device.LoopThread;
import io.culvert.ip.IpAddress;
import io.culvert.libc.BootTimeClock;
import io.culvert.noise.LocalIdentity;
import io.culvert.pump.Pump;
import io.culvert.pump.PumpSetup;
import io.culvert.server.relay.Relays;
import io.culvert.server.tls.TlsException;
import io.culvert.server.web.Entrance;
import io.culvert.server.web.TunnelEnd;
import io.culvert.stats.Drops;
import io.culvert.time.MonotonicClock;
import io.culvert.time.TimestampSource;
import io.culvert.time.WallClock;
import io.culvert.tun.Tun;
import io.culvert.tunnel.Peer;
import io.culvert.tunnel.Tunnel;
import io.culvert.tunnel.TunnelEffects;
import io.culvert.tunnel.TunnelSetup;
import io.culvert.uapi.Moment;
import io.culvert.uapi.UapiSocket;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A gateway at work: one loop that owns the inside, the engine and every tunnel's connection; the
 * web server's threads serve everybody else.
 *
 * <p>Thread-safe: its methods hop to the loop.
 */
public final class Gateway implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Gateway.class);
    private static final Duration STOP_LIMIT = Duration.ofMillis(1500);

    private final GatewaySetup setup;
    private final LoopThread thread;
    private final WallClock wall = WallClock.system();
    private final MonotonicClock clock;
    private final CompletableFuture<IOException> insideGone = new CompletableFuture<>();

    // confined to the loop
    private final Drops insideDrops = new Drops();
    private final List<UdpListener> udp = new ArrayList<>();
    private @Nullable Pump pump;
    private @Nullable UserspaceInside userspace;
    private @Nullable Relays relays;
    private @Nullable StatusReader statusReader;

    /** The addresses of {@link #udp}, told to other threads. */
    private volatile List<String> udpListening = List.of();

    // confined to whoever starts and closes
    private @Nullable WebEntrance web;
    private @Nullable StatusSocket statusSocket;
    private @Nullable UapiSocket control;

    private Gateway(GatewaySetup setup, LoopThread thread, MonotonicClock clock) {
        this.setup = setup;
        this.thread = thread;
        this.clock = clock;
    }

    /**
     * Starts a gateway and listens.
     *
     * @throws IOException when something cannot be had at run time
     * @throws ConfigException when an address cannot be listened on, or the like
     * @throws TlsException when the certificate cannot be used
     */
    public static Gateway start(GatewaySetup setup)
            throws IOException, ConfigException, TlsException {
        MonotonicClock clock = new BootTimeClock();
        LoopThread thread = LoopThread.start(clock);
        Gateway gateway = new Gateway(setup, thread, clock);
        boolean success = false;
        try {
            gateway.startLoop();
            gateway.startWeb();
            if (setup.statusSocket() != null) {
                gateway.statusSocket = StatusSocket.open(setup.statusSocket(), gateway::status);
            }
            gateway.control = UapiSocket.tryOpen(setup.file().name(), gateway.service());
            success = true;
            return gateway;
        } finally {
            if (!success) {
                gateway.close();
            }
        }
    }

    private void startLoop() throws IOException, ConfigException {
        try {
            thread.call(this::startInLoop);
        } catch (CompletionException e) {
            if (e.getCause() instanceof ConfigException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private Pump startInLoop() throws ConfigException {
        Pump made =
                new Pump(
                        new PumpSetup(
                                inside(),
                                thread.loop(),
                                clock,
                                this::engine,
                                new LogWatcher(event -> {}, insideGone::complete)));
        pump = made;
        thread.handshakes().onDone(made::collect);
        statusReader = new StatusReader(setup.file().name(), made.tunnel(), Gateway::carrierOf);
        udp.addAll(UdpListener.openAll(setup, thread.loop(), made, wall));
        for (PeerSection section : setup.file().peers()) {
            Peer<Carrier> peer = made.tunnel().addPeer(PeerConfigs.of(section));
            if (peer != null && section.endpoint() != null && !udp.isEmpty()) {
                UdpListener.connect(udp, made, peer, section.endpoint());
            }
        }
        made.start();
        udpListening = udp.stream().map(UdpListener::toString).toList();
        return made;
    }

    private Tun inside() {
        Tun given = setup.tun();
        if (given != null) {
            return given;
        }
        UserspaceInside made =
                UserspaceInside.open(
                        setup.file(),
                        setup.config().exit(),
                        setup.mtu(),
                        new UserspaceInside.Ground(
                                thread.loop(),
                                clock,
                                wall,
                                new UserspaceInside.Peers(this::ownerOf, this::leadsToPeer),
                                insideDrops));
        userspace = made;
        return made.tun();
    }

    private boolean leadsToPeer(byte[] array, int offset) {
        return pump != null && pump.tunnel().peerFor(array, offset) != null;
    }

    private @Nullable PublicKey ownerOf(IpAddress address) {
        Peer<Carrier> peer = pump == null ? null : pump.tunnel().peerOf(address);
        return peer == null ? null : peer.publicKey();
    }

    private void startWeb() throws IOException, ConfigException, TlsException {
        Pump made = started();
        boolean takesSuperPackets = setup.file().local().superPackets();
        long features = Hello.LANES | (takesSuperPackets ? Hello.SUPER_PACKETS : 0);
        int longest = WebSocketCarrier.LARGEST_MESSAGE_BYTES;
        Hello hello = new Hello(1, setup.instance(), features, longest);
        TunnelEnd end = new TunnelEnd(thread.loop(), hello, made.tunnel().drops(), clock);
        PublicKey key = setup.file().local().privateKey().publicKey();
        List<Entrance> entrances = new ArrayList<>();
        Bundles bundles = new Bundles(made);
        entrances.add(
                Entrances.ofTunnel(
                        setup.config(),
                        key,
                        bundles,
                        carrier -> isEndpoint(made, bundles.whole(carrier))));
        entrances.addAll(Entrances.ofRelays(setup.config(), key, startRelays(made)));
        WebEntrance.Setup wanted =
                new WebEntrance.Setup(setup.config(), setup.stateFolder(), setup.fwmark());
        web = WebEntrance.open(wanted, end, entrances, wall);
    }

    private Relays startRelays(Pump made) throws IOException {
        Relays.Ground ground =
                new Relays.Ground(
                        thread.loop(), clock::nowNs, made.tunnel().drops(), setup.fwmark());
        return thread.call(() -> {
            Relays started = Relays.start(setup.config().relays(), ground);
            relays = started;
            return started;
        });
    }

    /** A carrier becomes an endpoint by the first authenticated datagram that came through it. */
    private static boolean isEndpoint(Pump pump, Carrier carrier) {
        return pump.tunnel().isEndpoint(carrier);
    }

    private Tunnel<Carrier> engine(TunnelEffects<Carrier> effects) {
        return new Tunnel<>(
                new TunnelSetup<>(
                        new LocalIdentity(setup.file().local().privateKey()),
                        setup.mtu(),
                        effects,
                        new TimestampSource(wall),
                        new SecureRandom(),
                        thread.handshakes()));
    }

    private UapiSocket.Service service() {
        PumpDevice device =
                new PumpDevice(
                        started(),
                        new GatewayUdp(udp, setup.fwmark()),
                        Gateway::carrierOf,
                        PumpDevice.PeerWatcher.NOBODY);
        return device.service(thread.loop()::execute, () -> new Moment(clock.nowNs(), wall.now()));
    }

    private static @Nullable CarrierInfo carrierOf(Peer<Carrier> peer) {
        Carrier carrier = peer.endpoint();
        return carrier == null ? null : carrier.info();
    }

    /** The addresses listened on. */
    public List<String> listening() {
        List<String> all = new ArrayList<>(web == null ? List.of() : web.listening());
        all.addAll(udpListening);
        return all;
    }

    /** What a client may pin; null when the gateway speaks no TLS itself. */
    public @Nullable String pin() {
        return web == null ? null : web.pin();
    }

    /** Completes when the inside is gone and nothing can pass any more. */
    public CompletableFuture<IOException> insideGone() {
        return insideGone;
    }

    /** Completes when the loop ended by a fault of its own. */
    public CompletableFuture<Throwable> failed() {
        return thread.failed();
    }

    /** What {@code show} tells. */
    public CompletableFuture<InterfaceStatus> status() {
        CompletableFuture<InterfaceStatus> answer = new CompletableFuture<>();
        thread.loop()
                .execute(() -> {
                    StatusReader reader = statusReader;
                    if (reader == null) {
                        answer.completeExceptionally(new IOException("not started"));
                    } else {
                        Integer port = udp.isEmpty() ? null : udp.getFirst().port();
                        InterfaceStatus read = reader.read(port, clock.nowNs(), wall.now());
                        answer.complete(
                                userspace == null
                                        ? read
                                        : read.withFlows(userspace.flows())
                                                .withMoreDrops(insideDrops));
                    }
                });
        return answer;
    }

    private Pump started() {
        Pump made = pump;
        if (made == null) {
            throw new IllegalStateException("the gateway was not started");
        }
        return made;
    }

    /** Says goodbye on every carrier, stops serving, ends the loop; the inside is closed. */
    @Override
    public void close() {
        if (statusSocket != null) {
            statusSocket.close();
        }
        if (control != null) {
            control.close();
        }
        endFlows();
        if (web != null) {
            web.stop(STOP_LIMIT);
        }
        thread.close(this::closeInLoop);
    }

    private void endFlows() {
        try {
            thread.call(() -> {
                if (userspace != null) {
                    userspace.end();
                }
                return true;
            });
        } catch (IOException dead) {
            log.debug("flows end unheard", dead);
        }
    }

    private void closeInLoop() {
        udp.forEach(UdpListener::close);
        if (relays != null) {
            relays.close();
        }
        if (pump != null) {
            pump.close();
        } else if (setup.tun() != null) {
            setup.tun().close();
        }
    }
}
