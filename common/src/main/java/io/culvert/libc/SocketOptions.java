package io.culvert.libc;

import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;

/**
 * The options of one socket, by its descriptor, that the JDK does not offer. Confined to one
 * thread. The numbers are those of Linux on x86-64 and arm64 (asm-generic/socket.h).
 */
public final class SocketOptions {
    /** A whole-number socket option: level and name. */
    public enum Option {
        SO_ERROR(1, 4),
        SO_SNDBUF(1, 7),
        SO_RCVBUF(1, 8),
        SO_KEEPALIVE(1, 9),
        SO_SNDBUFFORCE(1, 32),
        SO_RCVBUFFORCE(1, 33),
        SO_MARK(1, 36),
        IP_TOS(0, 1),
        IP_PKTINFO(0, 8),
        IP_MTU_DISCOVER(0, 10),
        IP_RECVERR(0, 11),
        IP_RECVTOS(0, 13),
        IPV6_MTU_DISCOVER(41, 23),
        IPV6_RECVERR(41, 25),
        IPV6_V6ONLY(41, 26),
        IPV6_RECVPKTINFO(41, 49),
        IPV6_RECVTCLASS(41, 66),
        UDP_SEGMENT(17, 103),
        UDP_GRO(17, 104),
        TCP_NODELAY(6, 1),
        TCP_KEEPIDLE(6, 4),
        TCP_KEEPINTVL(6, 5),
        TCP_KEEPCNT(6, 6),
        TCP_USER_TIMEOUT(6, 18),
        TCP_NOTSENT_LOWAT(6, 25);

        private final int level;
        private final int number;

        Option(int level, int number) {
            this.level = level;
            this.number = number;
        }

        int level() {
            return level;
        }

        int number() {
            return number;
        }
    }

    private static final int IPPROTO_TCP = 6;
    private static final int TCP_CONGESTION = 13;
    private static final int NAME_BYTES = 16; // TCP_CA_NAME_MAX

    private final int fd;
    private final NativeBuffer value = NativeBuffer.allocate(NAME_BYTES + Integer.BYTES);

    private SocketOptions(int fd) {
        this.fd = fd;
    }

    /** The options of the socket {@code fd}, which stays its owner's. */
    public static SocketOptions of(int fd) {
        return new SocketOptions(fd);
    }

    /** Sets an option. */
    public void set(Option option, int newValue) throws LibcException {
        value.bytes().putInt(0, newValue);
        long address = value.address(0, Integer.BYTES);
        try {
            if (NativeCalls.setsockopt(fd, option.level, option.number, address, Integer.BYTES)
                    < 0) {
                throw Libc.failure("setsockopt " + option + " = " + newValue);
            }
        } finally {
            Reference.reachabilityFence(value);
        }
    }

    /** Reads an option. */
    public int read(Option option) throws LibcException {
        value.bytes().putInt(0, 0).putInt(Integer.BYTES, Integer.BYTES);
        long address = value.address(0, 2 * Integer.BYTES);
        long length = address + Integer.BYTES;
        try {
            if (NativeCalls.getsockopt(fd, option.level, option.number, address, length) < 0) {
                throw Libc.failure("getsockopt " + option);
            }
            return value.bytes().getInt(0);
        } finally {
            Reference.reachabilityFence(value);
        }
    }

    /** Sets TCP_CONGESTION, for {@link CongestionControl}. */
    void setName(String name) throws LibcException {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        value.bytes().put(0, bytes);
        long address = value.address(0, bytes.length);
        try {
            if (NativeCalls.setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, address, bytes.length)
                    < 0) {
                throw Libc.failure("setsockopt TCP_CONGESTION = " + name);
            }
        } finally {
            Reference.reachabilityFence(value);
        }
    }

    /** Reads TCP_CONGESTION. */
    String readName() throws LibcException {
        value.bytes().putInt(NAME_BYTES, NAME_BYTES);
        long address = value.address(0, value.size());
        try {
            if (NativeCalls.getsockopt(
                            fd, IPPROTO_TCP, TCP_CONGESTION, address, address + NAME_BYTES)
                    < 0) {
                throw Libc.failure("getsockopt TCP_CONGESTION");
            }
            byte[] name = new byte[NAME_BYTES];
            value.bytes().get(0, name);
            int end = 0;
            while (end < NAME_BYTES && name[end] != 0) {
                end++;
            }
            return new String(name, 0, end, StandardCharsets.US_ASCII);
        } finally {
            Reference.reachabilityFence(value);
        }
    }

    /**
     * Asks for socket buffers of this size each way: past the system's limit where the process may
     * (CAP_NET_ADMIN), else as far as the limit goes.
     */
    public void growBuffers(int sizeBytes) throws LibcException {
        forceOrSet(Option.SO_RCVBUFFORCE, Option.SO_RCVBUF, sizeBytes);
        forceOrSet(Option.SO_SNDBUFFORCE, Option.SO_SNDBUF, sizeBytes);
    }

    private void forceOrSet(Option force, Option plain, int sizeBytes) throws LibcException {
        try {
            set(force, sizeBytes);
        } catch (LibcException refused) {
            if (refused.errno() != Errno.EPERM) {
                throw refused;
            }
            set(plain, sizeBytes);
        }
    }
}
