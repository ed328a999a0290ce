package io.culvert.client.relay;

import io.culvert.bytes.PacketPool;
import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierListener;
import io.culvert.carrier.Hello;
import io.culvert.carrier.udp.UdpBinding;
import io.culvert.carrier.udp.UdpSocket;
import io.culvert.client.dial.AddressSource;
import io.culvert.client.dial.DialContext;
import io.culvert.client.dial.WebSocketDialer;
import io.culvert.client.loop.NettyLoop;
import io.culvert.client.loop.NetworkWatch;
import io.culvert.client.tls.ClientTls;
import io.culvert.config.Endpoint;
import io.culvert.libc.BootTimeClock;
import io.culvert.relay.Crossing;
import io.culvert.stats.DropReason;
import io.culvert.stats.Drops;
import io.culvert.time.MonotonicClock;
import io.culvert.time.WallClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A UDP port whose datagrams travel by WebSocket to a gateway's relay path. Each address that they
 * come from has a WebSocket of its own, so that answers find their way back; it stays until too
 * many others want one. Thread-safe: its methods hop to the loop.
 */
public final class ClientRelay implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ClientRelay.class);
    private static final int MOST_PEERS = 256;

    /** Who was not heard that long may have to give way (REJECT-AFTER-TIME: its keys are dead). */
    private static final long IDLE_NS = TimeUnit.SECONDS.toNanos(180);

    private final RelaySettings settings;
    private final NettyLoop loop = NettyLoop.open();
    private final MonotonicClock clock = new BootTimeClock();
    private final WallClock wall = WallClock.system();
    private final ExecutorService lookups =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("culvert-lookup").factory());

    // confined to the loop
    private final Drops drops = new Drops();
    private final Crossing.Shared crossings;
    private final Map<Carrier, RelayedPeer> peers = new HashMap<>();
    private final List<RelayedPeer> touched = new ArrayList<>();
    private final DialContext context;
    private @Nullable UdpSocket udp;
    private @Nullable NetworkWatch network;

    /** What datagrams come from mostly: the one of the last. */
    private @Nullable Carrier lastFrom;

    private @Nullable RelayedPeer lastPeer;
    private boolean isFull;

    private volatile int port;

    private ClientRelay(RelaySettings settings) {
        this.settings = settings;
        this.crossings = new Crossing.Shared(settings.rule(), new PacketPool(), drops);
        this.context =
                new DialContext(
                        drops,
                        clock::nowNs,
                        wall::now,
                        new SecureRandom(),
                        AddressSource.ofSystem(),
                        lookups,
                        ClientTls.Provider.best());
    }

    /**
     * Listens; a WebSocket is dialled when the first datagram comes.
     *
     * @throws IllegalArgumentException with one line for the operator, where URL or trust are
     *     unusable
     * @throws IOException when the port cannot be had
     */
    public static ClientRelay start(RelaySettings settings) throws IOException {
        ClientRelay relay = new ClientRelay(settings);
        boolean success = false;
        try {
            relay.loop.call(relay::startInLoop);
            success = true;
            return relay;
        } finally {
            if (!success) {
                relay.close();
            }
        }
    }

    private @Nullable Void startInLoop() throws IOException {
        WebSocketDialer trial =
                dialer("", new RelayListener()); // complains where it could not dial
        trial.stop();
        UdpBinding binding =
                new UdpBinding(
                        settings.listen().getAddress(), settings.listen().getPort(), 0, wall.now());
        UdpSocket opened = UdpSocket.open(loop, binding, new RelayListener(), drops);
        udp = opened;
        port = opened.port();
        NetworkWatch watch =
                new NetworkWatch(
                        loop,
                        clock::nowNs,
                        () -> peers.values().forEach(RelayedPeer::onNetworkChange));
        network = watch;
        watch.start();
        for (String remote : settings.memory().remotes()) {
            resume(opened, remote);
        }
        return null;
    }

    /** A WireGuard that waits for an answer may say nothing for long: its session comes first. */
    private void resume(UdpSocket opened, String remote) {
        try {
            Endpoint endpoint = Endpoint.parse(remote);
            InetAddress address = InetAddress.ofLiteral(endpoint.host());
            begin(opened.carrierTo(new InetSocketAddress(address, endpoint.port())));
        } catch (IllegalArgumentException e) {
            log.info("no address to relay for: {}", remote);
        }
    }

    private WebSocketDialer dialer(String remote, CarrierListener listener) {
        return new WebSocketDialer(settings.dial(remote), loop, listener, context);
    }

    /** The UDP port listened on. */
    public int port() {
        return port;
    }

    /** Completes when the loop had a fault: a bug, which the log tells of. */
    public CompletableFuture<Throwable> failed() {
        return loop.failed();
    }

    private void onLocal(Carrier from, byte[] array, int offset, int length) {
        RelayedPeer peer = from.equals(lastFrom) ? lastPeer : peers.get(from);
        if (peer == null) {
            peer = settings.rule().admits(array, offset, length) ? begin(from) : null;
        }
        if (peer == null) {
            drops.count(DropReason.MALFORMED_DATAGRAM);
            return;
        }
        lastFrom = from;
        lastPeer = peer;
        if (peer.onLocal(from, array, offset, length)) {
            touched.add(peer);
        }
    }

    /** Null when there are too many. */
    private @Nullable RelayedPeer begin(Carrier from) {
        if (peers.size() >= MOST_PEERS && !dropIdle()) {
            if (!isFull) {
                log.warn("{} peers, no more are taken", peers.size());
            }
            isFull = true;
            return null;
        }
        isFull = false;
        String remote = String.valueOf(from.info().remote());
        RelayedPeer peer =
                new RelayedPeer(
                        from, crossings, listener -> dialer(remote, listener), clock::nowNs);
        peers.put(from, peer);
        log.info("relaying for {}", remote);
        remember();
        peer.start();
        return peer;
    }

    private void remember() {
        List<String> remotes = new ArrayList<>();
        peers.keySet().forEach(peer -> remotes.add(String.valueOf(peer.info().remote())));
        settings.memory().keep(remotes);
    }

    private boolean dropIdle() {
        Map.Entry<Carrier, RelayedPeer> idlest = null;
        for (Map.Entry<Carrier, RelayedPeer> entry : peers.entrySet()) {
            if (idlest == null || entry.getValue().heardNs() - idlest.getValue().heardNs() < 0) {
                idlest = entry;
            }
        }
        if (idlest == null || clock.nowNs() - idlest.getValue().heardNs() < IDLE_NS) {
            return false;
        }
        idlest.getValue().stop();
        peers.remove(idlest.getKey());
        lastFrom = null;
        return true;
    }

    private void onLocalReadEnd() {
        touched.forEach(RelayedPeer::flush);
        touched.clear();
    }

    /** What the UDP socket tells. */
    private final class RelayListener implements CarrierListener {
        @Override
        public void onDatagram(Carrier from, byte[] array, int offset, int length) {
            onLocal(from, array, offset, length);
        }

        @Override
        public void onReadEnd(Carrier from) {
            onLocalReadEnd();
        }

        @Override
        public void onOpen(Carrier carrier) {}

        @Override
        public void onWritable(Carrier carrier) {}

        @Override
        public void onHello(Carrier from, Hello hello) {}

        @Override
        public void onDrain(Carrier from, long afterMs) {}

        @Override
        public void onClosed(Carrier carrier) {}
    }

    /** Says goodbye on every WebSocket and ends the loop. */
    @Override
    public void close() {
        try {
            loop.call(this::closeInLoop);
        } catch (IOException e) {
            log.warn("{}", e.getMessage());
        } finally {
            loop.close();
            lookups.shutdownNow();
        }
    }

    private @Nullable Void closeInLoop() {
        if (network != null) {
            network.close();
        }
        if (udp != null) {
            udp.close();
        }
        peers.values().forEach(RelayedPeer::stop);
        peers.clear();
        return null;
    }
}
