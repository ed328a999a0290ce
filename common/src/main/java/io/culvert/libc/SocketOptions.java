package io.culvert.libc;

import java.lang.ref.Reference;

/**
 * The options of one socket, by its descriptor, that the JDK does not offer. Confined to one
 * thread. The numbers are those of Linux on x86-64 and arm64 (asm-generic/socket.h).
 */
public final class SocketOptions {
    /** A whole-number socket option: level and name. */
    public enum Option {
        SO_SNDBUF(1, 7),
        SO_RCVBUF(1, 8),
        SO_SNDBUFFORCE(1, 32),
        SO_RCVBUFFORCE(1, 33),
        SO_MARK(1, 36),
        IP_TOS(0, 1),
        IP_PKTINFO(0, 8),
        IP_MTU_DISCOVER(0, 10),
        IP_RECVTOS(0, 13),
        IPV6_MTU_DISCOVER(41, 23),
        IPV6_V6ONLY(41, 26),
        IPV6_RECVPKTINFO(41, 49),
        IPV6_RECVTCLASS(41, 66),
        TCP_NODELAY(6, 1),
        TCP_USER_TIMEOUT(6, 18),
        TCP_NOTSENT_LOWAT(6, 25);

        private final int level;
        private final int number;

        Option(int level, int number) {
            this.level = level;
            this.number = number;
        }
    }

    private final int fd;
    private final NativeBuffer value = NativeBuffer.allocate(2 * Integer.BYTES);

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
