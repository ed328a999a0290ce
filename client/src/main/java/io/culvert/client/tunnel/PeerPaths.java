package io.culvert.client.tunnel;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierListener;
import io.culvert.carrier.Hello;
import io.culvert.carrier.WebSocketCarrier;
import io.culvert.carrier.udp.UdpBinding;
import io.culvert.carrier.udp.UdpSocket;
import io.culvert.client.dial.AddressBook;
import io.culvert.client.dial.Bearer;
import io.culvert.client.dial.DialContext;
import io.culvert.client.dial.DialSettings;
import io.culvert.client.dial.WebSocketDialer;
import io.culvert.client.loop.NettyLoop;
import io.culvert.client.tls.ClientTls;
import io.culvert.client.tls.Trust;
import io.culvert.config.Endpoint;
import io.culvert.config.PeerSection;
import io.culvert.control.PumpDevice;
import io.culvert.pump.Pump;
import io.culvert.time.MonotonicClock;
import io.culvert.time.WallClock;
import io.culvert.tunnel.Peer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The path to each peer, and what they share. Confined to the loop. */
final class PeerPaths implements PumpDevice.UdpSide, PumpDevice.PeerWatcher, AutoCloseable {
    private final ClientSetup setup;
    private final NettyLoop loop;
    private final Pump pump;
    private final DialContext context;
    private final WallClock wall;
    private final ExecutorService lookups =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("culvert-lookup").factory());

    private final IdentityHashMap<Peer<Carrier>, PeerPath> paths = new IdentityHashMap<>();
    private int fwmark;

    /** Null until the first peer needs it. */
    private @Nullable UdpSocket udp;

    PeerPaths(ClientSetup setup, NettyLoop loop, Pump pump, MonotonicClock clock, WallClock wall) {
        this.setup = setup;
        this.loop = loop;
        this.pump = pump;
        this.wall = wall;
        this.fwmark = setup.fwMark();
        this.context =
                new DialContext(
                        pump.tunnel().drops(),
                        clock::nowNs,
                        wall::now,
                        new SecureRandom(),
                        setup.hosts(),
                        lookups,
                        ClientTls.Provider.best());
    }

    /** The UDP port in use; null when there is none. */
    @Nullable Integer udpPort() {
        return udp == null ? null : udp.port();
    }

    /** The peer's path; null for one that there is nothing to be done about. */
    @Nullable PeerPath of(Peer<Carrier> peer) {
        return paths.get(peer);
    }

    /** All of them, now. */
    List<PeerPath> all() {
        return List.copyOf(paths.values());
    }

    /** Makes the path that the tunnel file names for the peer. */
    void open(Peer<Carrier> peer, PeerSection section) throws IOException {
        paths.put(peer, made(peer, section));
    }

    /** Begins the WebSocket of a peer that {@code wg} adds. */
    @Override
    public void onAdded(Peer<Carrier> peer) {
        for (PeerSection section : setup.file().peers()) {
            URI url = section.webSocket();
            if (url != null && section.publicKey().equals(peer.publicKey())) {
                PeerPath path = byWebSocket(peer, section, url);
                paths.put(peer, path);
                path.start();
            }
        }
    }

    @Override
    public void onRemoved(Peer<Carrier> peer) {
        PeerPath path = paths.remove(peer);
        if (path != null) {
            path.stop();
        }
    }

    private PeerPath made(Peer<Carrier> peer, PeerSection section) throws IOException {
        URI url = section.webSocket();
        if (url != null) {
            return byWebSocket(peer, section, url);
        }
        if (section.endpoint() != null || setup.file().local().listenPort() != null) {
            openUdp();
        }
        Endpoint endpoint = section.endpoint();
        if (endpoint == null || udp == null) {
            return new PeerPath.Awaited();
        }
        AddressBook book = new AddressBook(endpoint.host(), setup.hosts(), loop, lookups);
        if (book.addresses().isEmpty()) {
            throw new IOException(endpoint.host() + ": no address; check Endpoint and the DNS");
        }
        pump.tunnel().expectPath(peer);
        return new UdpPath(pump, peer, udp, book, endpoint.port());
    }

    private PeerPath byWebSocket(Peer<Carrier> peer, PeerSection section, URI url) {
        pump.tunnel().expectPath(peer);
        PeerLink link = new PeerLink(pump, peer);
        if (section.connections() == 1) {
            return webSocket(settings(section, url, 0), link);
        }
        return new StripedPath(
                section.connections(),
                link,
                (lane, listener) -> webSocket(settings(section, url, lane), listener));
    }

    private PeerPath webSocket(DialSettings settings, CarrierListener listener) {
        return new PeerPath.ByWebSocket(new WebSocketDialer(settings, loop, listener, context));
    }

    private UdpSocket openUdp() throws IOException {
        Integer port = setup.file().local().listenPort();
        return openUdp(port == null ? 0 : port);
    }

    private UdpSocket openUdp(int port) throws IOException {
        UdpSocket open = udp;
        if (open == null) {
            UdpBinding binding = new UdpBinding(null, port, fwmark, wall.now());
            open = UdpSocket.open(loop, binding, pump, pump.tunnel().drops());
            udp = open;
        }
        return open;
    }

    @Override
    public int port() {
        return udp == null ? 0 : udp.port();
    }

    @Override
    public void port(int port) throws IOException {
        if (udp != null) {
            udp.rebind(port);
        } else if (port != 0) {
            openUdp(port);
        }
    }

    @Override
    public int fwmark() {
        return fwmark;
    }

    @Override
    public void fwmark(int mark) throws IOException {
        if (udp != null) {
            udp.setFwmark(mark);
        }
        if (mark != fwmark) {
            fwmark = mark;
            paths.values().forEach(path -> path.onMark(mark));
        }
    }

    @Override
    public Carrier carrierTo(InetSocketAddress remote) throws IOException {
        return openUdp().carrierTo(remote);
    }

    private DialSettings settings(PeerSection section, URI url, int lane) {
        long features =
                (setup.file().local().superPackets() ? Hello.SUPER_PACKETS : 0)
                        | (section.connections() > 1 ? Hello.LANES : 0);
        int longest = WebSocketCarrier.LARGEST_MESSAGE_BYTES;
        return new DialSettings(
                url,
                trustOf(section),
                bearerOf(section),
                false,
                fwmark,
                new Hello(1, setup.instance(), features, longest, lane),
                DialSettings.CONNECT_TIMEOUT_MS);
    }

    private Supplier<@Nullable String> bearerOf(PeerSection section) {
        return section.tokenFile() == null
                ? Bearer.ofKnock(section.publicKey(), wall::now)
                : Bearer.ofFile(section.tokenFile());
    }

    /** Whom the peer's section says to believe. */
    static Trust trustOf(PeerSection section) {
        if (!section.pins().isEmpty()) {
            return new Trust.Pins(section.pins());
        }
        return section.caFile() == null
                ? new Trust.SystemStore()
                : new Trust.CaFile(section.caFile());
    }

    @Override
    public void close() {
        paths.values().forEach(PeerPath::stop);
        if (udp != null) {
            udp.close();
        }
        lookups.shutdownNow();
    }
}
