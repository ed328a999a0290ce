package io.culvert.carrier.udp;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierListener;
import io.culvert.libc.Channels;
import io.culvert.libc.Errno;
import io.culvert.libc.LibcException;
import io.culvert.libc.SocketOptions;
import io.culvert.loop.EventLoop;
import io.culvert.stats.DropReason;
import io.culvert.stats.Drops;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket for both families, and the carriers that lead from it. Confined to its loop.
 *
 * <p>Inbound: when the socket is readable, up to {@value #DATAGRAMS_A_READ} datagrams go one by one
 * to {@link CarrierListener#onDatagram}, then {@link CarrierListener#onReadEnd} is told once, with
 * the carrier of the last. There is no connection, so nothing else is ever told: a carrier stands
 * ready from the moment that {@link #carrierTo} or a datagram brings it about.
 *
 * <p>A remote is an IPv4 address when it is one, never an IPv4-mapped IPv6 address.
 */
public final class UdpSocket implements AutoCloseable {
    /** The longest UDP payload over IPv4: 65,535 less both headers. */
    public static final int MAX_DATAGRAM = 65_507;

    private static final int DATAGRAMS_A_READ = 64;

    /** What wireguard-go takes: a burst of a tenth of a second at half a gigabit. */
    private static final int SOCKET_BUFFER_BYTES = 7 << 20;

    private static final int KNOWN_CARRIERS = 256;

    private final DatagramChannel channel;
    private final Instant openedAt;
    private final Drops drops;
    private final EventLoop.Registration registration;
    private final CarrierListener listener;

    private final byte[] inbound = new byte[MAX_DATAGRAM + 1];
    private final ByteBuffer inboundView = ByteBuffer.wrap(inbound);
    private final byte[] outbound = new byte[MAX_DATAGRAM];
    private final ByteBuffer outboundView = ByteBuffer.wrap(outbound);

    /**
     * Carriers of remotes heard lately, each at its hash: bounded whatever addresses are forged.
     */
    private final @Nullable UdpCarrier[] known = new UdpCarrier[KNOWN_CARRIERS];

    private boolean closed;

    private UdpSocket(
            DatagramChannel channel,
            UdpBinding binding,
            EventLoop loop,
            CarrierListener listener,
            Drops drops) {
        this.channel = channel;
        this.openedAt = binding.openedAt();
        this.listener = listener;
        this.drops = drops;
        this.registration = loop.register(Channels.fdOf(channel), (r, w) -> onReady());
    }

    /**
     * Opens a socket and begins to read it.
     *
     * @param listener told of datagrams, on the loop
     * @param drops where datagrams that could not be sent are counted
     * @throws IOException when the port cannot be had, with the remedy in words
     */
    public static UdpSocket open(
            EventLoop loop, UdpBinding binding, CarrierListener listener, Drops drops)
            throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        boolean success = false;
        try {
            channel.configureBlocking(false);
            SocketOptions options = SocketOptions.of(Channels.fdOf(channel));
            options.growBuffers(SOCKET_BUFFER_BYTES);
            if (binding.fwmark() != 0) {
                mark(options, binding.fwmark());
            }
            bind(channel, binding);
            UdpSocket socket = new UdpSocket(channel, binding, loop, listener, drops);
            success = true;
            return socket;
        } finally {
            if (!success) {
                channel.close();
            }
        }
    }

    private static void bind(DatagramChannel channel, UdpBinding binding) throws IOException {
        InetSocketAddress local =
                binding.address() == null
                        ? new InetSocketAddress(binding.port())
                        : new InetSocketAddress(binding.address(), binding.port());
        try {
            channel.bind(local);
        } catch (SocketException e) {
            throw new IOException(
                    "cannot listen on udp "
                            + local
                            + ": "
                            + e.getMessage()
                            + " (another program may use it: take another port, or 0 for any)",
                    e);
        }
    }

    private static void mark(SocketOptions options, int fwmark) throws IOException {
        try {
            options.set(SocketOptions.Option.SO_MARK, fwmark);
        } catch (LibcException e) {
            if (e.errno() == Errno.EPERM) {
                throw new IOException("a firewall mark needs root or CAP_NET_ADMIN", e);
            }
            throw e;
        }
    }

    /** Changes the mark that policy routing knows our own datagrams by; 0 for none. */
    public void setFwmark(int fwmark) throws IOException {
        mark(SocketOptions.of(Channels.fdOf(channel)), fwmark);
    }

    /** The port that datagrams are received on. */
    public int port() {
        try {
            return ((InetSocketAddress) channel.getLocalAddress()).getPort();
        } catch (IOException e) {
            throw new IllegalStateException("the socket is closed", e);
        }
    }

    /** The path to a remote address, which must be resolved. */
    public Carrier carrierTo(InetSocketAddress remote) {
        if (remote.isUnresolved()) {
            throw new IllegalStateException(remote + " is not resolved");
        }
        return carrierOf(unmapped(remote));
    }

    private UdpCarrier carrierOf(InetSocketAddress remote) {
        int slot = remote.hashCode() & (KNOWN_CARRIERS - 1);
        UdpCarrier carrier = known[slot];
        if (carrier == null || !carrier.isOpen() || !carrier.leadsTo(remote)) {
            carrier = new UdpCarrier(this, remote);
            known[slot] = carrier;
        }
        return carrier;
    }

    /** IPv4-mapped addresses (RFC 4291 §2.5.5.2) become what they map. */
    private static InetSocketAddress unmapped(InetSocketAddress remote) {
        if (!(remote.getAddress() instanceof Inet6Address)) {
            return remote;
        }
        try {
            // Of 16 bytes that hold a mapped address this makes an Inet4Address.
            InetAddress address = InetAddress.getByAddress(remote.getAddress().getAddress());
            return address instanceof Inet6Address
                    ? remote
                    : new InetSocketAddress(address, remote.getPort());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of odd length: " + remote, e);
        }
    }

    private void onReady() {
        UdpCarrier last = null;
        for (int i = 0; i < DATAGRAMS_A_READ && !closed; i++) {
            InetSocketAddress remote = receive();
            if (remote == null) {
                break;
            }
            last = carrierOf(remote);
            listener.onDatagram(last, inbound, 0, inboundView.position());
        }
        if (last != null && !closed) {
            listener.onReadEnd(last);
        }
    }

    /** Fills {@link #inbound}; who sent it, or null when nothing waits. */
    private @Nullable InetSocketAddress receive() {
        inboundView.clear();
        try {
            InetSocketAddress remote = (InetSocketAddress) channel.receive(inboundView);
            return remote == null ? null : unmapped(remote);
        } catch (IOException ignored) {
            // An ICMP error about a datagram sent before: the tunnel's own timers notice a peer
            // that is gone. Reading the error has cleared it, and readiness tells of what follows.
            return null;
        }
    }

    byte[] outbound() {
        return outbound;
    }

    Instant openedAt() {
        return openedAt;
    }

    boolean isClosed() {
        return closed;
    }

    void send(UdpCarrier carrier, int length) {
        if (closed || !carrier.isOpen()) {
            drops.count(DropReason.NO_CARRIER);
            return;
        }
        outboundView.clear().limit(length);
        try {
            if (channel.send(outboundView, carrier.remote()) == 0) {
                drops.count(DropReason.SEND_FAILED);
            }
        } catch (IOException | UnsupportedAddressTypeException ignored) {
            // No route, a firewall's refusal, a family that the machine lacks: just a loss.
            drops.count(DropReason.SEND_FAILED);
        }
    }

    /** Stops reading and closes the socket; later datagrams are dropped. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        registration.cancel();
        try {
            channel.close();
        } catch (IOException ignored) {
            // The kernel has let go of the socket in any case.
        }
    }
}
