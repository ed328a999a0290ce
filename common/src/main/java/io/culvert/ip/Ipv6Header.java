package io.culvert.ip;

import io.culvert.bytes.BigEndian;

/**
 * Layout of the IPv6 header (RFC 8200 §3). Accessors take where the header begins. Thread-safe
 * (stateless).
 *
 * <pre>
 *  0                   1                   2                   3
 * +-------+---------------+---------------------------------------+
 * |   6   | traffic class |              flow label               |
 * +-------+---------------+-------+---------------+---------------+
 * |        payload length         |  next header  |   hop limit   |
 * +-------------------------------+---------------+---------------+
 * |                   source address (16 bytes)                   |
 * |                destination address (16 bytes)                 |
 * +---------------------------------------------------------------+
 * </pre>
 */
public final class Ipv6Header {
    /** Length of the header. */
    public static final int LENGTH = 40;

    /** Where the source address is. */
    public static final int SOURCE = 8;

    /** Where the destination address is. */
    public static final int DESTINATION = 24;

    /** Next header: fragment (RFC 8200 §4.5). */
    static final int FRAGMENT = 44;

    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int DESTINATION_OPTIONS = 60;

    private Ipv6Header() {}

    /** DSCP and ECN. */
    public static int trafficClass(byte[] array, int header) {
        return BigEndian.getShort(array, header) >>> 4 & 0xff;
    }

    /** Version, traffic class and flow label as they stand. */
    public static int firstWord(byte[] array, int header) {
        return BigEndian.getInt(array, header);
    }

    /** Length of what follows the header. */
    public static int payloadLength(byte[] array, int header) {
        return BigEndian.getShort(array, header + 4);
    }

    /** Puts the length of what follows the header. */
    public static void putPayloadLength(byte[] array, int header, int length) {
        BigEndian.putShort(array, header + 4, length);
    }

    /** Kind of the header that follows. */
    public static int nextHeader(byte[] array, int header) {
        return array[header + 6] & 0xff;
    }

    /** Hop limit. */
    public static int hopLimit(byte[] array, int header) {
        return array[header + 7] & 0xff;
    }

    /** Whether a header of this kind is followed by another one and has its length in byte 1. */
    static boolean isExtension(int kind) {
        return kind == HOP_BY_HOP || kind == ROUTING || kind == DESTINATION_OPTIONS;
    }
}
