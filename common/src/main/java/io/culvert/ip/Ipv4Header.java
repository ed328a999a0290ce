package io.culvert.ip;

import io.culvert.bytes.BigEndian;

/**
 * Layout of the IPv4 header (RFC 791 §3.1). Accessors take where the header begins. Thread-safe
 * (stateless).
 *
 * <pre>
 *  0                   1                   2                   3
 * +-------+-------+---------------+-------------------------------+
 * |   4   |  IHL  | traffic class |         total length          |
 * +-------+-------+---------------+-----+-------------------------+
 * |            identification     |flags|     fragment offset     |
 * +---------------+---------------+-----+-------------------------+
 * |      TTL      |   protocol    |        header checksum        |
 * +---------------+---------------+-------------------------------+
 * |                        source address                         |
 * |                      destination address                      |
 * |                           options …                           |
 * +---------------------------------------------------------------+
 * </pre>
 */
public final class Ipv4Header {
    /** Length without options. */
    public static final int LENGTH = 20;

    /** Where the source address is. */
    public static final int SOURCE = 12;

    /** Where the destination address is. */
    public static final int DESTINATION = 16;

    static final int DONT_FRAGMENT = 0x4000;

    private Ipv4Header() {}

    /** Length with options. */
    public static int headerLength(byte[] array, int header) {
        return (array[header] & 0xf) * 4;
    }

    /** DSCP and ECN. */
    public static int trafficClass(byte[] array, int header) {
        return array[header + 1] & 0xff;
    }

    /** Length of header and payload. */
    public static int totalLength(byte[] array, int header) {
        return BigEndian.getShort(array, header + 2);
    }

    /** Puts the length of header and payload; the checksum is the caller's to fix. */
    public static void putTotalLength(byte[] array, int header, int length) {
        BigEndian.putShort(array, header + 2, length);
    }

    /** Identification, for reassembly. */
    public static int identification(byte[] array, int header) {
        return BigEndian.getShort(array, header + 4);
    }

    /** Puts the identification; the checksum is the caller's to fix. */
    public static void putIdentification(byte[] array, int header, int value) {
        BigEndian.putShort(array, header + 4, value);
    }

    /** Flags and fragment offset as they stand. */
    public static int fragmentField(byte[] array, int header) {
        return BigEndian.getShort(array, header + 6);
    }

    /** Whether this is a part of a larger packet. */
    public static boolean isFragment(byte[] array, int header) {
        return (fragmentField(array, header) & 0x3fff) != 0;
    }

    /** Time to live. */
    public static int ttl(byte[] array, int header) {
        return array[header + 8] & 0xff;
    }

    /** Protocol of the payload. */
    public static int protocol(byte[] array, int header) {
        return array[header + 9] & 0xff;
    }

    /** Header checksum as it stands. */
    public static int checksum(byte[] array, int header) {
        return BigEndian.getShort(array, header + 10);
    }

    /** Puts the header checksum as it is given. */
    public static void putChecksum(byte[] array, int header, int value) {
        BigEndian.putShort(array, header + 10, value);
    }

    /** Computes and puts the header checksum. */
    public static void fixChecksum(byte[] array, int header) {
        putChecksum(array, header, 0);
        long sum = Checksum.add(0, array, header, headerLength(array, header));
        putChecksum(array, header, Checksum.finish(sum));
    }

    /** Whether the header checksum is right. */
    public static boolean isChecksumValid(byte[] array, int header) {
        return Checksum.fold(Checksum.add(0, array, header, headerLength(array, header))) == 0xffff;
    }
}
