package io.culvert.server.gateway;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.udp.UdpBinding;
import io.culvert.carrier.udp.UdpSocket;
import io.culvert.config.Endpoint;
import io.culvert.loop.EventLoop;
import io.culvert.pump.Pump;
import io.culvert.server.config.ListenAddress;
import io.culvert.time.WallClock;
import io.culvert.tunnel.Peer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** One {@code udp://} address of a gateway: plain WireGuard. Confined to the loop. */
final class UdpListener implements AutoCloseable {
    private final UdpSocket socket;
    private final String host;

    private UdpListener(UdpSocket socket, String host) {
        this.socket = socket;
        this.host = host;
    }

    /** Opens all of them, or none. */
    static List<UdpListener> openAll(GatewaySetup setup, EventLoop loop, Pump pump, WallClock wall)
            throws IOException {
        List<UdpListener> opened = new ArrayList<>();
        boolean success = false;
        try {
            for (ListenAddress address : setup.config().listen()) {
                if (address instanceof ListenAddress.Udp(String host, int port)) {
                    UdpBinding binding =
                            new UdpBinding(
                                    InetAddress.getByName(host), port, setup.fwmark(), wall.now());
                    UdpSocket socket = UdpSocket.open(loop, binding, pump, pump.tunnel().drops());
                    opened.add(new UdpListener(socket, host));
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

    /** The peer is reached from here, at the endpoint that its section names. */
    void connect(Pump pump, Peer<Carrier> peer, Endpoint endpoint) throws IOException {
        InetSocketAddress remote = new InetSocketAddress(endpoint.host(), endpoint.port());
        if (remote.isUnresolved()) {
            throw new IOException(endpoint.host() + ": no such host; check Endpoint and the DNS");
        }
        pump.connect(peer, socket.carrierTo(remote));
    }

    int port() {
        return socket.port();
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
