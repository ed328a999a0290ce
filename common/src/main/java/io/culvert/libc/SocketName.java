package io.culvert.libc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Layouts of {@code sockaddr_in} and {@code sockaddr_in6}, and addresses in the order of the
 * network within a buffer of the machine's order. Thread-safe (stateless).
 *
 * <pre>
 * struct sockaddr_in     struct sockaddr_in6
 *   family   0             family   0
 *   port     2             port     2   big-endian
 *   address  4             flow     4
 *   zero     8             address  8   big-endian
 *   size    16             scope   24
 *                          size    28
 * </pre>
 */
final class SocketName {
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;

    /** The longer one's. */
    static final int SIZE = 28;

    private static final int IPV4_SIZE = 16;
    private static final long MAPPED = 0x0000_ffff_0000_0000L;

    private SocketName() {}

    /** Puts an address in the form of the socket's family; answers its size. */
    static int put(ByteBuffer bytes, int at, UdpAddress address, boolean isIpv4Only) {
        if (isIpv4Only) {
            bytes.putShort(at, (short) AF_INET).putLong(at + 8, 0);
            putBigEndian(bytes, at + 4, (int) address.low());
        } else {
            bytes.putShort(at, (short) AF_INET6).putInt(at + 4, 0);
            putBigEndian(bytes, at + 8, address.high());
            putBigEndian(bytes, at + 16, address.low());
            bytes.putInt(at + 24, address.link());
        }
        bytes.putShort(at + 2, swapped((short) address.port()));
        return isIpv4Only ? IPV4_SIZE : SIZE;
    }

    /** The address there, of either family; {@link UdpAddress#NONE} for another family. */
    static UdpAddress get(ByteBuffer bytes, int at) {
        return switch (bytes.getShort(at)) {
            case AF_INET -> new UdpAddress(0, mapped(bytes, at + 4), port(bytes, at), 0);
            case AF_INET6 ->
                    new UdpAddress(
                            bigEndianLong(bytes, at + 8),
                            bigEndianLong(bytes, at + 16),
                            port(bytes, at),
                            bytes.getInt(at + 24));
            default -> UdpAddress.NONE;
        };
    }

    static int port(ByteBuffer bytes, int at) {
        return Short.toUnsignedInt(swapped(bytes.getShort(at + 2)));
    }

    /** The mapped form of the IPv4 address there. */
    static long mapped(ByteBuffer bytes, int at) {
        int value = bytes.getInt(at);
        int ipv4 = isBigEndian(bytes) ? value : Integer.reverseBytes(value);
        return MAPPED | Integer.toUnsignedLong(ipv4);
    }

    static long bigEndianLong(ByteBuffer bytes, int at) {
        long value = bytes.getLong(at);
        return isBigEndian(bytes) ? value : Long.reverseBytes(value);
    }

    static void putBigEndian(ByteBuffer bytes, int at, int value) {
        bytes.putInt(at, isBigEndian(bytes) ? value : Integer.reverseBytes(value));
    }

    static void putBigEndian(ByteBuffer bytes, int at, long value) {
        bytes.putLong(at, isBigEndian(bytes) ? value : Long.reverseBytes(value));
    }

    private static boolean isBigEndian(ByteBuffer bytes) {
        return bytes.order() == ByteOrder.BIG_ENDIAN;
    }

    private static short swapped(short value) {
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? value : Short.reverseBytes(value);
    }
}
