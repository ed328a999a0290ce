package io.culvert.carrier.udp;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierInfo;
import io.culvert.carrier.RemoteAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * The path from a {@link UdpSocket} to one remote address. It is always writable: what the kernel
 * does not take is lost, as on any road that datagrams travel. Confined to the socket's loop.
 *
 * <p>Many of these may stand for one remote; all of them are equal. Closing one closes neither the
 * socket nor its equals.
 */
final class UdpCarrier implements Carrier {
    private final UdpSocket socket;
    private final InetSocketAddress remote;
    private final int hash;
    private boolean closed;

    UdpCarrier(UdpSocket socket, InetSocketAddress remote) {
        this.socket = socket;
        this.remote = remote;
        this.hash = remote.hashCode();
    }

    InetSocketAddress remote() {
        return remote;
    }

    boolean isOpen() {
        return !closed;
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public byte[] array() {
        return socket.outbound();
    }

    @Override
    public int reserve(int maxLength) {
        if (maxLength < 0 || maxLength > UdpSocket.MAX_DATAGRAM) {
            throw new IllegalStateException("no UDP datagram of " + maxLength + " bytes");
        }
        return 0;
    }

    @Override
    public void commit(int length) {
        if (length < 0 || length > UdpSocket.MAX_DATAGRAM) {
            throw new IllegalStateException("no UDP datagram of " + length + " bytes");
        }
        if (length != 0) {
            socket.send(this, length);
        }
    }

    @Override
    public void flush() {
        // Each datagram went out with its commit.
    }

    @Override
    public int maxDatagram() {
        return UdpSocket.MAX_DATAGRAM;
    }

    @Override
    public byte[] source() {
        return RemoteAddress.source(remote);
    }

    @Override
    public CarrierInfo info() {
        CarrierInfo.State state =
                closed || socket.isClosed() ? CarrierInfo.State.DOWN : CarrierInfo.State.UP;
        return new CarrierInfo("udp", null, toString(), state, socket.openedAt());
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof UdpCarrier that && socket == that.socket && leadsTo(that.remote);
    }

    /** Whether this is the path to {@code address}. */
    boolean leadsTo(InetSocketAddress address) {
        return remote.equals(address)
                && scopeOf(remote.getAddress()) == scopeOf(address.getAddress());
    }

    /**
     * A link-local address means another host on another link; InetAddress.equals is blind to it.
     */
    private static int scopeOf(InetAddress address) {
        return address instanceof Inet6Address v6 ? v6.getScopeId() : 0;
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return RemoteAddress.text(remote);
    }
}
