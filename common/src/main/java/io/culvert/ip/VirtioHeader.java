package io.culvert.ip;

import io.culvert.bytes.Packet;

/**
 * Layout of the virtio-net header that stands before a packet (VIRTIO 1.2 §5.1.6).
 *
 * <pre>
 *  0       1          2         4          6            8             10
 * +-------+----------+---------+----------+------------+-------------+
 * | flags | gso_type | hdr_len | gso_size | csum_start | csum_offset |  little-endian
 * +-------+----------+---------+----------+------------+-------------+
 * </pre>
 *
 * <p>The accessors take where the <em>packet</em> begins: the header ends there. Thread-safe
 * (stateless).
 */
public final class VirtioHeader {
    /** Length of the header. */
    public static final int LENGTH = Packet.OFFLOAD_LENGTH;

    /** Flag: the checksum field holds the pseudo-header's sum and is to be completed. */
    public static final int NEEDS_CSUM = 1;

    /** Flag: the checksum was verified. */
    public static final int DATA_VALID = 2;

    /** Type: one ordinary packet. */
    public static final int GSO_NONE = 0;

    /** Type: a TCP super-packet over IPv4. */
    public static final int GSO_TCPV4 = 1;

    /** Type: a UDP datagram to be fragmented; never accepted here. */
    public static final int GSO_UDP = 3;

    /** Type: a TCP super-packet over IPv6. */
    public static final int GSO_TCPV6 = 4;

    /** Type: several UDP datagrams in one. */
    public static final int GSO_UDP_L4 = 5;

    /** Bit beside the type: the TCP super-packet has CWR set. */
    public static final int GSO_ECN = 0x80;

    private VirtioHeader() {}

    /** The flags of the packet at {@code packet}. */
    public static int flags(byte[] array, int packet) {
        return array[packet - 10] & 0xff;
    }

    /** The type with its ECN bit. */
    public static int gsoType(byte[] array, int packet) {
        return array[packet - 9] & 0xff;
    }

    /** Length of the headers that each segment repeats; a hint only. */
    public static int headerLength(byte[] array, int packet) {
        return getShort(array, packet - 8);
    }

    /** Payload bytes of each segment but the last. */
    public static int gsoSize(byte[] array, int packet) {
        return getShort(array, packet - 6);
    }

    /** Where the checksum's range begins, from the packet's begin. */
    public static int checksumStart(byte[] array, int packet) {
        return getShort(array, packet - 4);
    }

    /** Where the checksum's field is, from {@link #checksumStart}. */
    public static int checksumOffset(byte[] array, int packet) {
        return getShort(array, packet - 2);
    }

    /** Whether all of the header is zero: an ordinary packet, nothing to be done. */
    public static boolean isZero(byte[] array, int packet) {
        int bits = 0;
        for (int i = packet - LENGTH; i < packet; i++) {
            bits |= array[i];
        }
        return bits == 0;
    }

    /** Zeroes the header. */
    public static void clear(byte[] array, int packet) {
        for (int i = packet - LENGTH; i < packet; i++) {
            array[i] = 0;
        }
    }

    /** Puts flags and type. */
    public static void putKind(byte[] array, int packet, int flags, int gsoType) {
        array[packet - 10] = (byte) flags;
        array[packet - 9] = (byte) gsoType;
    }

    /** Puts header length and segment size. */
    public static void putSizes(byte[] array, int packet, int headerLength, int gsoSize) {
        putShort(array, packet - 8, headerLength);
        putShort(array, packet - 6, gsoSize);
    }

    /** Puts where the checksum's range begins and where its field is from there. */
    public static void putChecksum(byte[] array, int packet, int start, int offset) {
        putShort(array, packet - 4, start);
        putShort(array, packet - 2, offset);
    }

    private static int getShort(byte[] array, int at) {
        return (array[at] & 0xff) + ((array[at + 1] & 0xff) << 8);
    }

    private static void putShort(byte[] array, int at, int value) {
        array[at] = (byte) value;
        array[at + 1] = (byte) (value >>> 8);
    }
}
