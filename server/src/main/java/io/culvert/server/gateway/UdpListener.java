package io.culvert.server.gateway;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.udp.UdpBinding;
import io.culvert.carrier.udp.UdpSocket;
import io.culvert.config.ConfigException;
import io.culvert.config.Endpoint;
import io.culvert.loop.EventLoop;
import io.culvert.pump.Pump;
import io.culvert.server.config.ListenAddress;
import io.culvert.time.WallClock;
import io.culvert.tunnel.Peer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One {@code udp://} address of a gateway: plain WireGuard. Confined to the loop. */
final class UdpListener implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(UdpListener.class);

    private final UdpSocket socket;
    private final InetAddress address;
    private final String host;

    private UdpListener(UdpSocket socket, InetAddress address, String host) {
        this.socket = socket;
        this.address = address;
        this.host = host;
    }

    /** Opens all of them, or none. */
    static List<UdpListener> openAll(GatewaySetup setup, EventLoop loop, Pump pump, WallClock wall)
            throws ConfigException {
        List<UdpListener> opened = new ArrayList<>();
        boolean success = false;
        try {
            for (ListenAddress address : setup.config().listen()) {
                if (address instanceof ListenAddress.Udp udp) {
                    opened.add(open(udp, setup, loop, pump, wall.now()));
                }
            }
            success = true;
            return opened;
        } finally {
            if (!success) {
                opened.forEach(UdpListener::close);
            }
        }
    }

    private static UdpListener open(
            ListenAddress.Udp where, GatewaySetup setup, EventLoop loop, Pump pump, Instant now)
            throws ConfigException {
        try {
            InetAddress address = InetAddress.getByName(where.host());
            UdpBinding binding = new UdpBinding(address, where.port(), setup.fwmark(), now);
            UdpSocket socket = UdpSocket.open(loop, binding, pump, pump.tunnel().drops());
            return new UdpListener(socket, address, where.host());
        } catch (IOException e) {
            throw where.refusal(setup.config().placeOf("listen"), e);
        }
    }

    /**
     * The peer is reached at the endpoint that its section names, from the first listener that can:
     * one of the same family before one for both. Where none can, the peer has to call.
     */
    static void connect(List<UdpListener> all, Pump pump, Peer<Carrier> peer, Endpoint endpoint) {
        InetAddress[] found;
        try {
            found = InetAddress.getAllByName(endpoint.host());
        } catch (UnknownHostException e) {
            log.warn("{}: {}: no such host; waiting for the peer to call", peer, endpoint.host());
            return;
        }
        for (InetAddress remote : found) {
            UdpListener from = towards(remote, all);
            if (from != null) {
                InetSocketAddress there = new InetSocketAddress(remote, endpoint.port());
                pump.connect(peer, from.socket.carrierTo(there));
                return;
            }
        }
        log.warn(
                "{}: {} is of a family that no udp:// address listens on; waiting for it to call",
                peer,
                endpoint);
    }

    /** The listener that reaches an address; null where none does. */
    static @Nullable UdpListener towards(InetAddress remote, List<UdpListener> all) {
        UdpListener both = null;
        for (UdpListener listener : all) {
            if (listener.address.getClass() == remote.getClass()) {
                return listener;
            }
            if (listener.address.isAnyLocalAddress() && both == null) {
                both = listener; // Java's sockets serve both families unless bound to one
            }
        }
        return both;
    }

    int port() {
        return socket.port();
    }

    UdpSocket socket() {
        return socket;
    }

    @Override
    public void close() {
        socket.close();
    }

    @Override
    public String toString() {
        return "udp://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
    }
}
