package io.culvert.carrier.udp;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierInfo;
import io.culvert.carrier.RemoteAddress;
import io.culvert.libc.UdpAddress;
import java.net.InetSocketAddress;

/**
 * The path from a {@link UdpSocket} to one remote address. It is always writable: what the kernel
 * does not take is lost, as on any road that datagrams travel. Confined to the socket's loop.
 *
 * <p>Many of these may stand for one remote, with other sources; all of them are equal. Closing one
 * closes neither the socket nor its equals.
 */
final class UdpCarrier implements Carrier {
    private final UdpSocket socket;
    private final UdpAddress there;
    private final InetSocketAddress remote;
    private final int generation;

    /** The local address that it sends from; {@link UdpAddress#NONE} for the kernel's choice. */
    private UdpAddress here;

    private boolean closed;

    UdpCarrier(UdpSocket socket, UdpAddress there, UdpAddress here, int generation) {
        this.socket = socket;
        this.there = there;
        this.remote = there.toSocketAddress();
        this.here = here;
        this.generation = generation;
    }

    UdpAddress there() {
        return there;
    }

    UdpAddress here() {
        return here;
    }

    /** Whether its source was learnt since the machine's network changed last. */
    boolean isOf(int present) {
        return generation == present;
    }

    boolean isBetween(UdpAddress remoteEnd, UdpAddress localEnd) {
        return there.equals(remoteEnd) && here.equals(localEnd);
    }

    /** From now on the kernel chooses the source. */
    void forgetSource() {
        here = UdpAddress.NONE;
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
        commit(length, 0);
    }

    @Override
    public void commit(int length, int trafficClass) {
        if (length < 0 || length > UdpSocket.MAX_DATAGRAM) {
            throw new IllegalStateException("no UDP datagram of " + length + " bytes");
        }
        if (length != 0) {
            socket.add(this, length, trafficClass);
        }
    }

    @Override
    public void flush(long nowNs) {
        socket.flush();
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
    public boolean isProven() {
        return false;
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
        return other instanceof UdpCarrier that
                && socket == that.socket
                && there.equals(that.there);
    }

    @Override
    public int hashCode() {
        return there.hashCode();
    }

    @Override
    public String toString() {
        return RemoteAddress.text(remote);
    }
}
