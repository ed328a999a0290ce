package io.culvert.libc;

import java.nio.ByteBuffer;

/**
 * Layout of one piece of ancillary data (cmsg(3)), and the kinds of it that say how a datagram
 * travels. Thread-safe (stateless).
 *
 * <pre>
 * length  0   with this header
 * level   8
 * type   12
 * data   16   padded to 8
 * </pre>
 */
final class ControlMessage {
    static final int HEADER_SIZE = 16;

    static final int IPPROTO_IP = 0;
    static final int IPPROTO_IPV6 = 41;
    static final int SOL_UDP = 17;

    /** u16: into datagrams of how many bytes the kernel cuts what is sent; 0 for not at all. */
    static final int UDP_SEGMENT = 103;

    /**
     * int: of how many bytes the datagrams are that the kernel has joined; the last may be less.
     */
    static final int UDP_GRO = 104;

    /** int: the traffic class to send with; one byte where it is told (ip(7)). */
    static final int IP_TOS = 1;

    /** Interface, local address, destination (ip(7)). */
    static final int IP_PKTINFO = 8;

    /** Address, interface (RFC 3542 §6.2). */
    static final int IPV6_PKTINFO = 50;

    /** int (RFC 3542 §6.5). */
    static final int IPV6_TCLASS = 67;

    private ControlMessage() {}

    /** Puts a header for so much data; answers where the next one may stand. */
    static int put(ByteBuffer bytes, int at, int level, int type, int dataSize) {
        bytes.putLong(at, HEADER_SIZE + dataSize).putInt(at + 8, level).putInt(at + 12, type);
        return at + padded(HEADER_SIZE + dataSize);
    }

    /** Whether a whole one stands there. */
    static boolean isAt(ByteBuffer bytes, int at, int end) {
        if (end - at < HEADER_SIZE) {
            return false;
        }
        long length = bytes.getLong(at);
        return length >= HEADER_SIZE && length <= end - at;
    }

    /** Where the one after a whole one may stand. */
    static int next(ByteBuffer bytes, int at) {
        return at + padded((int) bytes.getLong(at));
    }

    static boolean is(ByteBuffer bytes, int at, int level, int type) {
        return bytes.getInt(at + 8) == level && bytes.getInt(at + 12) == type;
    }

    static int dataSize(ByteBuffer bytes, int at) {
        return (int) bytes.getLong(at) - HEADER_SIZE;
    }

    private static int padded(int length) {
        return (length + 7) & ~7;
    }
}
