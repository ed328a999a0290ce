package io.culvert.libc;

import com.sun.jna.Native;
import io.culvert.libc.SocketOptions.Option;
import java.lang.ref.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A UDP socket for both families that tells to which local address a datagram came and with which
 * traffic class, and lets a datagram leave with either (RFC 3542 §6, ip(7)). The JDK's has none of
 * this, and knows no IPv6 where none was there when the process began. Confined to one thread.
 *
 * <p>What leaves it may be fragmented on its way, as WireGuard's datagrams may in the kernel: a
 * path of a smaller MTU than ours is then slow, not dead.
 */
public final class UdpDescriptor implements AutoCloseable {
    /** The longest UDP payload over IPv4: 65,535 less both headers. */
    public static final int MAX_DATAGRAM = 65_507;

    private static final int TYPE = 2 | 0x800 | 0x80000; // SOCK_DGRAM | _NONBLOCK | _CLOEXEC

    /** IP_PMTUDISC_DONT and IPV6_PMTUDISC_DONT: no DF. */
    private static final int MAY_BE_FRAGMENTED = 0;

    private static final Logger LOG = LoggerFactory.getLogger(UdpDescriptor.class);

    private final int fd;
    private final boolean isIpv4Only;
    private final MessageBatch received;
    private final MessageBatch leaving;
    private final UdpInbox inbox;
    private final UdpOutbox outbox;

    private UdpDescriptor(int fd, boolean isIpv4Only, MessageBatch received, MessageBatch leaving) {
        this.fd = fd;
        this.isIpv4Only = isIpv4Only;
        this.received = received;
        this.leaving = leaving;
        this.inbox = new UdpInbox(fd, isIpv4Only, received);
        this.outbox = new UdpOutbox(fd, isIpv4Only, leaving, canSegment(fd));
    }

    /** A socket that is bound to nothing yet; of IPv4 alone where the kernel has no IPv6. */
    public static UdpDescriptor open() throws LibcException {
        int fd = NativeCalls.socket(SocketName.AF_INET6, TYPE, 0);
        boolean isIpv4Only = fd < 0 && Native.getLastError() == Errno.EAFNOSUPPORT;
        if (isIpv4Only) {
            fd = NativeCalls.socket(SocketName.AF_INET, TYPE, 0);
        }
        if (fd < 0) {
            throw Libc.failure("socket");
        }
        boolean success = false;
        try {
            setUp(SocketOptions.of(fd), isIpv4Only);
            UdpDescriptor opened = withMemory(fd, isIpv4Only);
            success = true;
            return opened;
        } finally {
            if (!success) {
                Libc.close(fd);
            }
        }
    }

    private static void setUp(SocketOptions options, boolean isIpv4Only) throws LibcException {
        join(options);
        options.set(Option.IP_RECVTOS, 1);
        options.set(Option.IP_MTU_DISCOVER, MAY_BE_FRAGMENTED);
        if (isIpv4Only) {
            options.set(Option.IP_PKTINFO, 1);
            return;
        }
        options.set(Option.IPV6_V6ONLY, 0);
        options.set(Option.IPV6_RECVPKTINFO, 1);
        options.set(Option.IPV6_RECVTCLASS, 1);
        options.set(Option.IPV6_MTU_DISCOVER, MAY_BE_FRAGMENTED);
    }

    /** Whether the kernel cuts one long buffer into datagrams (since 4.18). */
    private static boolean canSegment(int fd) {
        try {
            SocketOptions.of(fd).read(Option.UDP_SEGMENT);
            return true;
        } catch (LibcException e) {
            return false;
        }
    }

    /** Lets the kernel join datagrams, where it can (since 5.0). */
    private static void join(SocketOptions options) {
        try {
            options.set(Option.UDP_GRO, 1);
        } catch (LibcException e) {
            LOG.debug("datagrams come one by one: {}", e.getMessage());
        }
    }

    private static UdpDescriptor withMemory(int fd, boolean isIpv4Only) throws LibcException {
        MessageBatch received = new MessageBatch();
        boolean success = false;
        try {
            UdpDescriptor made = new UdpDescriptor(fd, isIpv4Only, received, new MessageBatch());
            success = true;
            return made;
        } finally {
            if (!success) {
                received.close();
            }
        }
    }

    /** The number of the descriptor. */
    public int fd() {
        return fd;
    }

    /** Takes a local address and port; all zero for any. */
    public void bind(UdpAddress local) throws LibcException {
        NativeBuffer name = NativeBuffer.allocate(SocketName.SIZE);
        int size = SocketName.put(name.bytes(), 0, local, isIpv4Only);
        try {
            if (NativeCalls.bind(fd, name.address(0, size), size) < 0) {
                throw Libc.failure("bind");
            }
        } finally {
            Reference.reachabilityFence(name);
        }
    }

    /** The port that datagrams are received on. */
    public int port() throws LibcException {
        NativeBuffer name = NativeBuffer.allocate(SocketName.SIZE + Integer.BYTES);
        name.bytes().putInt(SocketName.SIZE, SocketName.SIZE);
        try {
            long address = name.address(0, name.size());
            if (NativeCalls.getsockname(fd, address, address + SocketName.SIZE) < 0) {
                throw Libc.failure("getsockname");
            }
            return SocketName.port(name.bytes(), 0);
        } finally {
            Reference.reachabilityFence(name);
        }
    }

    /** What was received; usable until the close. */
    public UdpInbox inbox() {
        return inbox;
    }

    /** What is to leave; usable until the close. */
    public UdpOutbox outbox() {
        return outbox;
    }

    @Override
    public void close() {
        Libc.close(fd);
        received.close();
        leaving.close();
    }
}
