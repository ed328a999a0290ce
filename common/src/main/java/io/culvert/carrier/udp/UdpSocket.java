package io.culvert.carrier.udp;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierListener;
import io.culvert.libc.Errno;
import io.culvert.libc.LibcException;
import io.culvert.libc.NetlinkSocket;
import io.culvert.libc.SocketOptions;
import io.culvert.libc.UdpAddress;
import io.culvert.libc.UdpDescriptor;
import io.culvert.libc.UdpInbox;
import io.culvert.libc.UdpOutbox;
import io.culvert.loop.EventLoop;
import io.culvert.stats.DropReason;
import io.culvert.stats.Drops;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A UDP socket for both families, and the carriers that lead from it. Confined to its loop.
 *
 * <p>Inbound: when the socket is readable, a batch of datagrams is received in one call: at most
 * 64, or where the kernel joins them (UDP_GRO), 8 times 64 KiB. They go one by one to {@link
 * CarrierListener#onDatagram}, then {@link CarrierListener#onReadEnd} is told once, with the
 * carrier of the last. There is no connection, so nothing else is ever told: a carrier stands ready
 * from the moment that {@link #carrierTo} or a datagram brings it about.
 *
 * <p>Outbound: what was committed to any of its carriers leaves in one call, with the flush of one
 * of them or when a batch is full. What the kernel refuses is lost, and is nobody else's loss.
 *
 * <p>Sticky sources: a carrier that a datagram brought about sends from the address that the
 * datagram came to, as the other side may know us by that one alone. It does so until the kernel
 * refuses that, or until this machine's addresses, links or routes change; then the kernel chooses.
 *
 * <p>A remote is an IPv4 address when it is one, never an IPv4-mapped IPv6 address.
 */
public final class UdpSocket implements AutoCloseable {
    /** The longest UDP payload over IPv4: 65,535 less both headers. */
    public static final int MAX_DATAGRAM = UdpDescriptor.MAX_DATAGRAM;

    private static final Logger log = LoggerFactory.getLogger(UdpSocket.class);

    /** What wireguard-go takes: a burst of a tenth of a second at half a gigabit. */
    private static final int SOCKET_BUFFER_BYTES = 7 << 20;

    /** Slots in a read while each holds up to 64 KiB: then others have their turn. */
    private static final int JOINED_SLOTS = 8;

    private static final int KNOWN_CARRIERS = 256;

    private final EventLoop loop;
    private final Instant openedAt;
    private final Drops drops;
    private final CarrierListener listener;
    private final @Nullable InetAddress address;
    private int fwmark;

    // replaced by rebind
    private UdpDescriptor descriptor;
    private EventLoop.Registration registration;

    private final byte[] inbound = new byte[UdpInbox.SLOT_BYTES];
    private final byte[] outbound = new byte[MAX_DATAGRAM];

    private int slots = UdpInbox.CAPACITY;

    /** Whose the datagrams are that wait for the flush. */
    private final @Nullable UdpCarrier[] leaving = new UdpCarrier[UdpOutbox.CAPACITY];

    /**
     * Carriers of remotes heard lately, each at its hash: bounded whatever addresses are forged.
     */
    private final @Nullable UdpCarrier[] known = new UdpCarrier[KNOWN_CARRIERS];

    /** Tells when sources may have become wrong; null where the kernel has no netlink. */
    private final @Nullable NetlinkSocket changes;

    private EventLoop.@Nullable Registration changesRegistration;

    /** Sources that were learnt before are not used any more. */
    private int generation;

    private boolean closed;

    private UdpSocket(
            UdpDescriptor descriptor,
            UdpBinding binding,
            EventLoop loop,
            CarrierListener listener,
            Drops drops) {
        this.loop = loop;
        this.descriptor = descriptor;
        this.address = binding.address();
        this.fwmark = binding.fwmark();
        this.openedAt = binding.openedAt();
        this.listener = listener;
        this.drops = drops;
        this.registration = loop.register(descriptor.fd(), (r, w) -> onReady());
        this.changes = openChanges();
    }

    private @Nullable NetlinkSocket openChanges() {
        try {
            NetlinkSocket opened = NetlinkSocket.open();
            changesRegistration =
                    loop.register(
                            opened.fd(),
                            (_, _) -> {
                                if (opened.drain()) {
                                    generation++;
                                }
                            });
            return opened;
        } catch (LibcException e) {
            log.debug("changes of the network are not heard of: {}", e.getMessage());
            return null;
        }
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
        return new UdpSocket(descriptorOf(binding), binding, loop, listener, drops);
    }

    private static UdpDescriptor descriptorOf(UdpBinding binding) throws IOException {
        UdpDescriptor descriptor = UdpDescriptor.open();
        boolean success = false;
        try {
            SocketOptions options = SocketOptions.of(descriptor.fd());
            options.growBuffers(SOCKET_BUFFER_BYTES);
            if (binding.fwmark() != 0) {
                mark(options, binding.fwmark());
            }
            bind(descriptor, binding);
            success = true;
            return descriptor;
        } finally {
            if (!success) {
                descriptor.close();
            }
        }
    }

    /**
     * Listens on another port; the carriers lead from there from now on.
     *
     * @param port 0 for any that is free
     * @throws IOException when the port cannot be had; then nothing has changed
     */
    public void rebind(int port) throws IOException {
        if (port == port()) {
            return;
        }
        UdpDescriptor next = descriptorOf(new UdpBinding(address, port, fwmark, openedAt));
        flush();
        registration.cancel();
        descriptor.close();
        descriptor = next;
        registration = loop.register(next.fd(), (r, w) -> onReady());
    }

    /** The wildcard address of either family means both. */
    private static void bind(UdpDescriptor descriptor, UdpBinding binding) throws IOException {
        InetAddress where = binding.address();
        UdpAddress local =
                where == null || where.isAnyLocalAddress()
                        ? new UdpAddress(0, 0, binding.port(), 0)
                        : UdpAddress.of(where, binding.port());
        try {
            descriptor.bind(local);
        } catch (LibcException e) {
            throw new IOException(
                    "cannot listen on udp "
                            + (where == null ? "port " : where.getHostAddress() + " port ")
                            + binding.port()
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
    public void setFwmark(int mark) throws IOException {
        mark(SocketOptions.of(descriptor.fd()), mark);
        fwmark = mark;
    }

    /** The mark on our own datagrams; 0 for none. */
    public int fwmark() {
        return fwmark;
    }

    /** The port that datagrams are received on. */
    public int port() {
        try {
            return descriptor.port();
        } catch (LibcException e) {
            throw new IllegalStateException("the socket is closed", e);
        }
    }

    /** The path to a remote address, which must be resolved. */
    public Carrier carrierTo(InetSocketAddress remote) {
        if (remote.isUnresolved()) {
            throw new IllegalStateException(remote + " is not resolved");
        }
        UdpAddress there = UdpAddress.of(remote);
        int slot = there.hashCode() & (KNOWN_CARRIERS - 1);
        UdpCarrier carrier = known[slot];
        if (carrier == null || !carrier.isOpen() || !carrier.isBetween(there, UdpAddress.NONE)) {
            carrier = new UdpCarrier(this, there, UdpAddress.NONE, generation);
            known[slot] = carrier;
        }
        return carrier;
    }

    /** The path that the datagram taken last came by. */
    private UdpCarrier carrierOfLast(UdpInbox inbox) {
        int slot = inbox.pathHash() & (KNOWN_CARRIERS - 1);
        UdpCarrier carrier = known[slot];
        if (carrier == null
                || !carrier.isOpen()
                || !carrier.isOf(generation)
                || !inbox.cameBy(carrier.there(), carrier.here())) {
            carrier = new UdpCarrier(this, inbox.remote(), inbox.local(), generation);
            known[slot] = carrier;
        }
        return carrier;
    }

    private void onReady() {
        UdpDescriptor reading = descriptor;
        UdpInbox inbox = reading.inbox();
        // Below 0 nothing waits; or it is an ICMP error about a datagram sent before: the tunnel's
        // own timers notice a peer that is gone. Reading the error has cleared it.
        int count = inbox.receive(slots);
        slots = UdpInbox.CAPACITY;
        UdpCarrier last = null;
        for (int i = 0; i < count && !closed && descriptor == reading; i++) {
            int length = inbox.take(i, inbound);
            last = carrierOfLast(inbox);
            deliver(last, inbox, length);
        }
        if (last != null && !closed) {
            listener.onReadEnd(last);
        }
    }

    /** What the kernel has joined is several datagrams to everybody else. */
    private void deliver(UdpCarrier from, UdpInbox inbox, int length) {
        int each = inbox.segmentSize() == 0 ? Math.max(1, length) : inbox.segmentSize();
        slots = each < length ? JOINED_SLOTS : slots;
        int trafficClass = inbox.trafficClass();
        int at = 0;
        do {
            listener.onDatagram(from, inbound, at, Math.min(each, length - at), trafficClass);
            at += each;
        } while (at < length && !closed);
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

    /** Takes the datagram in {@link #outbound}, which leaves with the flush. */
    void add(UdpCarrier carrier, int length, int trafficClass) {
        if (closed || !carrier.isOpen()) {
            drops.count(DropReason.NO_CARRIER);
            return;
        }
        UdpAddress source = carrier.isOf(generation) ? carrier.here() : UdpAddress.NONE;
        UdpOutbox outbox = descriptor.outbox();
        outbox.add(outbound, length, carrier.there(), source, trafficClass);
        leaving[outbox.count() - 1] = carrier;
        if (outbox.count() == UdpOutbox.CAPACITY) {
            flush();
        }
    }

    /** Sends what waits, whosever it is. */
    void flush() {
        UdpOutbox outbox = descriptor.outbox();
        int count = outbox.count();
        int first = 0;
        while (first < count) {
            int sent = outbox.send(first);
            int apart = 0;
            if (sent <= 0 && outbox.mayGoApart(first, -sent)) {
                apart = outbox.sendApart(first, -sent);
            }
            if (sent > 0) {
                first += sent;
            } else if (apart == 0 && sent != -Errno.EAGAIN && outbox.hasSource(first)) {
                forgetSource(outbox, first); // and tries it again
            } else {
                // No route, a firewall's refusal, a family that the machine lacks: just a loss.
                drops.count(DropReason.SEND_FAILED, outbox.datagrams(first) - apart);
                first++;
            }
        }
        outbox.clear();
        Arrays.fill(leaving, 0, count, null);
    }

    /** The source is not ours any more, or nothing leads from there to the remote. */
    private void forgetSource(UdpOutbox outbox, int slot) {
        UdpCarrier carrier = leaving[slot];
        if (carrier != null) {
            carrier.forgetSource();
        }
        outbox.forgetSource(slot);
    }

    /** Stops reading and closes the socket; later datagrams are dropped. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        flush();
        closed = true;
        registration.cancel();
        descriptor.close();
        if (changes != null && changesRegistration != null) {
            changesRegistration.cancel();
            changes.close();
        }
    }
}
