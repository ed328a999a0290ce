package io.culvert.libc;

import com.sun.jna.Native;
import io.culvert.libc.SocketOptions.Option;
import java.lang.ref.Reference;

/**
 * System calls on sockets that connect: TCP, UDP, and the ping sockets that need no privilege. None
 * blocks. Each answers a count or 0, or a negated error number: what a peer's packets bring about
 * is no exception. Confined to one thread.
 */
public final class SocketCalls {
    /** What a socket speaks. */
    public enum Kind {
        TCP(1, 0, 0),
        UDP(2, 0, 0),
        /** ICMP echo; whose group may is {@code net.ipv4.ping_group_range}'s to say. */
        PING(2, 1, 58);

        private final int type;
        private final int protocol;
        private final int protocolIpv6;

        Kind(int type, int protocol, int protocolIpv6) {
            this.type = type;
            this.protocol = protocol;
            this.protocolIpv6 = protocolIpv6;
        }
    }

    private static final int NONBLOCK = 0x800;
    private static final int CLOEXEC = 0x80000;
    private static final int SHUT_WR = 1;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_ERRQUEUE = 0x2000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_LINGER = 13;
    private static final int MOST_ERRORS = 64;
    private static final int LENGTH_AT = 32;
    private static final int MEMORY_BYTES = 64;

    private final NativeBuffer memory = NativeBuffer.allocate(MEMORY_BYTES);

    /** A socket that does not block and that no program inherits: its descriptor. */
    public int open(Kind kind, boolean isIpv6) {
        int family = isIpv6 ? SocketName.AF_INET6 : SocketName.AF_INET;
        int protocol = isIpv6 ? kind.protocolIpv6 : kind.protocol;
        return answer(NativeCalls.socket(family, kind.type | NONBLOCK | CLOEXEC, protocol));
    }

    /** Begins to connect; of TCP it is under way then: {@link Errno#EINPROGRESS}. */
    public int connect(int fd, UdpAddress to) {
        int size = SocketName.put(memory.bytes(), 0, to, to.isIpv4());
        try {
            return answer(NativeCalls.connect(fd, memory.address(0, size), size));
        } finally {
            Reference.reachabilityFence(memory);
        }
    }

    /** The end that the kernel chose for this machine; {@link UdpAddress#NONE} when it has none. */
    public UdpAddress local(int fd) {
        memory.bytes().putInt(LENGTH_AT, SocketName.SIZE);
        try {
            long address = memory.address(0, LENGTH_AT + Integer.BYTES);
            if (NativeCalls.getsockname(fd, address, address + LENGTH_AT) < 0) {
                return UdpAddress.NONE;
            }
            return SocketName.get(memory.bytes(), 0);
        } finally {
            Reference.reachabilityFence(memory);
        }
    }

    /** The error that waits at the socket, as a positive number; 0 for none. Asked for, it goes. */
    public int takeError(int fd) {
        memory.bytes().putInt(0, 0).putInt(LENGTH_AT, Integer.BYTES);
        try {
            long address = memory.address(0, LENGTH_AT + Integer.BYTES);
            Option option = Option.SO_ERROR;
            long length = address + LENGTH_AT;
            int result =
                    NativeCalls.getsockopt(fd, option.level(), option.number(), address, length);
            return result < 0 ? Native.getLastError() : memory.bytes().getInt(0);
        } finally {
            Reference.reachabilityFence(memory);
        }
    }

    /** Forgets what ICMP reported in detail, which would keep the socket ready for ever. */
    public void dropErrorQueue(int fd) {
        long address = memory.address(0, 1);
        try {
            for (int i = 0; i < MOST_ERRORS; i++) {
                if (NativeCalls.recv(fd, address, 1, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
                    return;
                }
            }
        } finally {
            Reference.reachabilityFence(memory);
        }
    }

    /** Sets a whole-number option. */
    public int set(int fd, Option option, int value) {
        memory.bytes().putInt(0, value);
        return setBytes(fd, option.level(), option.number(), Integer.BYTES);
    }

    /** No more is sent: the other side reads the end of the stream. */
    public int shutdownOutput(int fd) {
        return answer(NativeCalls.shutdown(fd, SHUT_WR));
    }

    /** Has the other side told of the close by a reset, and drops what was not sent. */
    public int setToReset(int fd) {
        memory.bytes().putInt(0, 1).putInt(Integer.BYTES, 0);
        return setBytes(fd, SOL_SOCKET, SO_LINGER, 2 * Integer.BYTES);
    }

    private int setBytes(int fd, int level, int number, int length) {
        try {
            long address = memory.address(0, length);
            return answer(NativeCalls.setsockopt(fd, level, number, address, length));
        } finally {
            Reference.reachabilityFence(memory);
        }
    }

    private static int answer(int result) {
        return result < 0 ? -Native.getLastError() : result;
    }
}
