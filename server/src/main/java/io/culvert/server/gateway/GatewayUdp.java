package io.culvert.server.gateway;

import io.culvert.carrier.Carrier;
import io.culvert.control.PumpDevice;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * A gateway's {@code udp://} addresses as the control socket reads and changes them: its port is
 * the first one's. Confined to the loop.
 */
final class GatewayUdp implements PumpDevice.UdpSide {
    private final List<UdpListener> listeners;
    private int fwmark;

    GatewayUdp(List<UdpListener> listeners, int fwmark) {
        this.listeners = listeners;
        this.fwmark = fwmark;
    }

    @Override
    public int port() {
        return listeners.isEmpty() ? 0 : listeners.getFirst().port();
    }

    @Override
    public void port(int port) throws IOException {
        if (listeners.isEmpty() && port != 0) {
            throw new IOException("this gateway listens on no UDP: add `listen: udp://…`");
        }
        if (!listeners.isEmpty()) {
            listeners.getFirst().socket().rebind(port);
        }
    }

    @Override
    public int fwmark() {
        return fwmark;
    }

    /** The sockets of the web listeners keep the mark that they were opened with. */
    @Override
    public void fwmark(int mark) throws IOException {
        for (UdpListener listener : listeners) {
            listener.socket().setFwmark(mark);
        }
        fwmark = mark;
    }

    @Override
    public Carrier carrierTo(InetSocketAddress remote) throws IOException {
        UdpListener from = UdpListener.towards(remote.getAddress(), listeners);
        if (from == null) {
            throw new IOException(remote + ": no udp:// address of this gateway reaches it");
        }
        return from.socket().carrierTo(remote);
    }
}
