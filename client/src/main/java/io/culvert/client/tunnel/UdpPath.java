package io.culvert.client.tunnel;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierInfo;
import io.culvert.carrier.udp.UdpSocket;
import io.culvert.client.dial.AddressBook;
import io.culvert.pump.Pump;
import io.culvert.tunnel.Peer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * By UDP to one of a host's addresses; when nobody answers there the name is looked up again, and
 * it is the next one's turn. Confined to the loop.
 */
final class UdpPath implements PeerPath {
    private final Pump pump;
    private final Peer<Carrier> peer;
    private final UdpSocket socket;
    private final AddressBook book;
    private final int port;
    private InetAddress address;

    /**
     * A path to a host of known addresses.
     *
     * @param book knows at least one
     */
    UdpPath(Pump pump, Peer<Carrier> peer, UdpSocket socket, AddressBook book, int port) {
        this.pump = pump;
        this.peer = peer;
        this.socket = socket;
        this.book = book;
        this.port = port;
        this.address = book.addresses().getFirst();
    }

    @Override
    public void start() {
        pump.connect(peer, carrier());
        pump.renewKeys(peer);
    }

    @Override
    public void stop() {
        book.forget();
    }

    @Override
    public void onGaveUp() {
        book.refresh(this::takeNext);
    }

    private void takeNext() {
        InetAddress next = after(address, book.addresses());
        if (!next.equals(address)) {
            address = next;
            pump.connect(peer, carrier());
        }
    }

    /** A keepalive tells the peer at once where we are now, wherever it is by now. */
    @Override
    public void onNetworkChange() {
        Carrier now = peer.endpoint();
        pump.connect(peer, now == null ? carrier() : now);
    }

    /** The one after {@code current}, round and round; the first if that one is not there now. */
    static InetAddress after(InetAddress current, List<InetAddress> all) {
        return all.get((all.indexOf(current) + 1) % all.size());
    }

    private Carrier carrier() {
        return socket.carrierTo(new InetSocketAddress(address, port));
    }

    @Override
    public CarrierInfo info() {
        return carrier().info();
    }
}
