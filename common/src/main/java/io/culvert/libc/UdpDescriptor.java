package io.culvert.libc;

import com.sun.jna.Native;
import io.culvert.libc.SocketOptions.Option;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A UDP socket for both families that tells to which local address a datagram came, and lets a
 * datagram leave from one (RFC 3542 §6.2, ip(7)). The JDK's has neither, and knows no IPv6 where
 * none was there when the process began. Confined to one thread; nothing is allocated per datagram.
 *
 * <pre>
 * struct msghdr            struct sockaddr_in6       struct cmsghdr
 *   name        0            family   0                length  0
 *   name length 8            port     2 big-endian     level   8
 *   iovec      16            flow     4                type   12
 *   iovecs     24            address  8                data   16  in6_pktinfo: address, index
 *   control    32            scope   24                           in_pktinfo: index, local, dest
 *   its length 40            size    28
 *   flags      48
 * </pre>
 */
public final class UdpDescriptor implements AutoCloseable {
    /** The longest UDP payload over IPv4: 65,535 less both headers. */
    public static final int MAX_DATAGRAM = 65_507;

    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int TYPE = 2 | 0x800 | 0x80000; // SOCK_DGRAM | _NONBLOCK | _CLOEXEC
    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IP_PKTINFO = 8;
    private static final int IPV6_PKTINFO = 50;

    // where the structures stand in the buffer
    private static final int MESSAGE = 0;
    private static final int VECTOR = 64;
    private static final int NAME = 96;
    private static final int CONTROL = 128;
    private static final int PAYLOAD = 256;

    private static final int NAME_SIZE = 28;
    private static final int IPV4_NAME_SIZE = 16;
    private static final int CONTROL_SIZE = 128;
    private static final int HEADER_SIZE = 16;

    private final int fd;
    private final boolean isIpv4Only;
    private final NativeBuffer buffer = NativeBuffer.allocate(PAYLOAD + MAX_DATAGRAM + 1);
    private final ByteBuffer bytes = buffer.bytes();
    private final long address = buffer.address(0, PAYLOAD);

    // what came with the last datagram
    private long remoteHigh;
    private long remoteLow;
    private int remotePort;
    private int remoteLink;
    private long localHigh;
    private long localLow;
    private int localLink;

    private UdpDescriptor(int fd, boolean isIpv4Only) {
        this.fd = fd;
        this.isIpv4Only = isIpv4Only;
    }

    /** A socket that is bound to nothing yet; of IPv4 alone where the kernel has no IPv6. */
    public static UdpDescriptor open() throws LibcException {
        int fd = NativeCalls.socket(AF_INET6, TYPE, 0);
        boolean isIpv4Only = fd < 0 && Native.getLastError() == Errno.EAFNOSUPPORT;
        if (isIpv4Only) {
            fd = NativeCalls.socket(AF_INET, TYPE, 0);
        }
        if (fd < 0) {
            throw Libc.failure("socket");
        }
        boolean success = false;
        try {
            SocketOptions options = SocketOptions.of(fd);
            if (isIpv4Only) {
                options.set(Option.IP_PKTINFO, 1);
            } else {
                options.set(Option.IPV6_V6ONLY, 0);
                options.set(Option.IPV6_RECVPKTINFO, 1);
            }
            success = true;
            return new UdpDescriptor(fd, isIpv4Only);
        } finally {
            if (!success) {
                Libc.close(fd);
            }
        }
    }

    /** The number of the descriptor. */
    public int fd() {
        return fd;
    }

    /** Takes a local address and port; all zero for any. */
    public void bind(UdpAddress local) throws LibcException {
        int size = putName(local);
        try {
            if (NativeCalls.bind(fd, address + NAME, size) < 0) {
                throw Libc.failure("bind");
            }
        } finally {
            Reference.reachabilityFence(buffer);
        }
    }

    /** The port that datagrams are received on. */
    public int port() throws LibcException {
        bytes.putInt(VECTOR, NAME_SIZE);
        try {
            if (NativeCalls.getsockname(fd, address + NAME, address + VECTOR) < 0) {
                throw Libc.failure("getsockname");
            }
            return port(NAME);
        } finally {
            Reference.reachabilityFence(buffer);
        }
    }

    /**
     * Takes a datagram into the array; who sent it and where to is told by the methods below.
     *
     * @return its length, at most the array's; or a negated error number
     */
    public int receive(byte[] array) {
        prepare(NAME_SIZE, CONTROL_SIZE, MAX_DATAGRAM + 1);
        long count;
        try {
            do {
                count = NativeCalls.recvmsg(fd, address + MESSAGE, 0);
            } while (count < 0 && Libc.wasInterrupted());
        } finally {
            Reference.reachabilityFence(buffer);
        }
        if (count < 0) {
            return -Native.getLastError();
        }
        readRemote();
        readLocal();
        int length = Math.min((int) count, array.length);
        bytes.get(PAYLOAD, array, 0, length);
        return length;
    }

    private void readRemote() {
        remotePort = port(NAME);
        if (isIpv4Only) {
            remoteHigh = 0;
            remoteLow = mapped(bigEndianInt(NAME + 4));
            remoteLink = 0;
        } else {
            remoteHigh = bigEndianLong(NAME + 8);
            remoteLow = bigEndianLong(NAME + 16);
            remoteLink = bytes.getInt(NAME + 24);
        }
    }

    private void readLocal() {
        localHigh = 0;
        localLow = 0;
        localLink = 0;
        long length = bytes.getLong(MESSAGE + 40);
        if (length < HEADER_SIZE + 12) {
            return;
        }
        int level = bytes.getInt(CONTROL + 8);
        int type = bytes.getInt(CONTROL + 12);
        if (level == IPPROTO_IPV6 && type == IPV6_PKTINFO) {
            localHigh = bigEndianLong(CONTROL + HEADER_SIZE);
            localLow = bigEndianLong(CONTROL + HEADER_SIZE + 8);
            localLink = bytes.getInt(CONTROL + HEADER_SIZE + 16);
        } else if (level == IPPROTO_IP && type == IP_PKTINFO) {
            localLink = bytes.getInt(CONTROL + HEADER_SIZE);
            localLow = mapped(bigEndianInt(CONTROL + HEADER_SIZE + 4));
        }
    }

    /** Whether the last datagram came from there to here, at these addresses. */
    public boolean cameBy(UdpAddress remote, UdpAddress local) {
        return remote.low() == remoteLow
                && remote.high() == remoteHigh
                && remote.port() == remotePort
                && remote.link() == remoteLink
                && local.low() == localLow
                && local.high() == localHigh
                && local.link() == localLink;
    }

    /** A hash of where the last datagram came from, and where to. */
    public int pathHash() {
        long mixed = (remoteHigh * 31 + remoteLow) * 31 + remotePort;
        mixed = (mixed * 31 + localHigh) * 31 + localLow;
        return Long.hashCode(mixed * 0x9e37_79b9_7f4a_7c15L);
    }

    /** Who sent the last datagram. */
    public UdpAddress remote() {
        return new UdpAddress(remoteHigh, remoteLow, remotePort, remoteLink);
    }

    /** Which of our addresses the last datagram came to, and on which interface; port 0. */
    public UdpAddress local() {
        return new UdpAddress(localHigh, localLow, 0, localLink);
    }

    /**
     * Sends a datagram.
     *
     * @param source the local address that it leaves from; {@link UdpAddress#NONE} for the kernel's
     *     choice
     * @return its length, or a negated error number
     */
    public int send(byte[] array, int length, UdpAddress remote, UdpAddress source) {
        bytes.put(PAYLOAD, array, 0, length);
        int nameSize = putName(remote);
        prepare(nameSize, putSource(remote, source), length);
        try {
            long count;
            do {
                count = NativeCalls.sendmsg(fd, address + MESSAGE, 0);
            } while (count < 0 && Libc.wasInterrupted());
            return count < 0 ? -Native.getLastError() : (int) count;
        } finally {
            Reference.reachabilityFence(buffer);
        }
    }

    private void prepare(int nameSize, int controlSize, int payloadSize) {
        bytes.putLong(MESSAGE, address + NAME)
                .putInt(MESSAGE + 8, nameSize)
                .putLong(MESSAGE + 16, address + VECTOR)
                .putLong(MESSAGE + 24, 1)
                .putLong(MESSAGE + 32, controlSize == 0 ? 0 : address + CONTROL)
                .putLong(MESSAGE + 40, controlSize)
                .putInt(MESSAGE + 48, 0)
                .putLong(VECTOR, address + PAYLOAD)
                .putLong(VECTOR + 8, payloadSize);
    }

    private int putName(UdpAddress to) {
        if (isIpv4Only) {
            bytes.putShort(NAME, (short) AF_INET).putLong(NAME + 8, 0);
            putBigEndian(NAME + 4, (int) to.low());
        } else {
            bytes.putShort(NAME, (short) AF_INET6).putInt(NAME + 4, 0);
            putBigEndian(NAME + 8, to.high());
            putBigEndian(NAME + 16, to.low());
            bytes.putInt(NAME + 24, to.link());
        }
        bytes.putShort(NAME + 2, swapped((short) to.port()));
        return isIpv4Only ? IPV4_NAME_SIZE : NAME_SIZE;
    }

    /** The link is named only where the address means nothing without: routing is the kernel's. */
    private int putSource(UdpAddress remote, UdpAddress source) {
        if (source.high() == 0 && source.low() == 0) {
            return 0;
        }
        int link = remote.isLinkLocal() ? source.link() : 0;
        int size = isIpv4Only ? 12 : 20;
        bytes.putLong(CONTROL, HEADER_SIZE + size)
                .putInt(CONTROL + 8, isIpv4Only ? IPPROTO_IP : IPPROTO_IPV6)
                .putInt(CONTROL + 12, isIpv4Only ? IP_PKTINFO : IPV6_PKTINFO);
        if (isIpv4Only) {
            bytes.putInt(CONTROL + HEADER_SIZE, link).putInt(CONTROL + HEADER_SIZE + 8, 0);
            putBigEndian(CONTROL + HEADER_SIZE + 4, (int) source.low());
        } else {
            putBigEndian(CONTROL + HEADER_SIZE, source.high());
            putBigEndian(CONTROL + HEADER_SIZE + 8, source.low());
            bytes.putInt(CONTROL + HEADER_SIZE + 16, link);
        }
        return (HEADER_SIZE + size + 7) & ~7;
    }

    private int port(int name) {
        return Short.toUnsignedInt(swapped(bytes.getShort(name + 2)));
    }

    private static long mapped(int ipv4) {
        return 0x0000_ffff_0000_0000L | Integer.toUnsignedLong(ipv4);
    }

    private static short swapped(short value) {
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? value : Short.reverseBytes(value);
    }

    private int bigEndianInt(int at) {
        int value = bytes.getInt(at);
        return bytes.order() == ByteOrder.BIG_ENDIAN ? value : Integer.reverseBytes(value);
    }

    private long bigEndianLong(int at) {
        long value = bytes.getLong(at);
        return bytes.order() == ByteOrder.BIG_ENDIAN ? value : Long.reverseBytes(value);
    }

    private void putBigEndian(int at, int value) {
        bytes.putInt(
                at, bytes.order() == ByteOrder.BIG_ENDIAN ? value : Integer.reverseBytes(value));
    }

    private void putBigEndian(int at, long value) {
        bytes.putLong(at, bytes.order() == ByteOrder.BIG_ENDIAN ? value : Long.reverseBytes(value));
    }

    @Override
    public void close() {
        Libc.close(fd);
    }
}
