package io.culvert.ip;

import io.culvert.bytes.BigEndian;

/**
 * Layout of the TCP header (RFC 9293 §3.1). Accessors take where the header begins. Thread-safe
 * (stateless).
 *
 * <pre>
 *  0                   1                   2                   3
 * +-------------------------------+-------------------------------+
 * |          source port          |       destination port        |
 * |                        sequence number                        |
 * |                    acknowledgment number                      |
 * +-------+-------+---------------+-------------------------------+
 * | words |       |CEUAPRSF flags |            window             |
 * +-------+-------+---------------+-------------------------------+
 * |           checksum            |        urgent pointer         |
 * |                           options …                           |
 * +---------------------------------------------------------------+
 * </pre>
 */
public final class TcpHeader {
    /** Length without options. */
    public static final int LENGTH = 20;

    /** Where the checksum is. */
    public static final int CHECKSUM = 16;

    /** No more data from the sender. */
    public static final int FIN = 0b0000_0001;

    /** Synchronise sequence numbers. */
    public static final int SYN = 0b0000_0010;

    /** Reset. */
    public static final int RST = 0b0000_0100;

    /** Push. */
    public static final int PSH = 0b0000_1000;

    /** The acknowledgment number counts. */
    public static final int ACK = 0b0001_0000;

    /** Congestion window reduced (RFC 3168). */
    public static final int CWR = 0b1000_0000;

    private TcpHeader() {}

    /** Source port. */
    public static int sourcePort(byte[] array, int header) {
        return BigEndian.getShort(array, header);
    }

    /** Destination port. */
    public static int destinationPort(byte[] array, int header) {
        return BigEndian.getShort(array, header + 2);
    }

    /** Sequence number. */
    public static int sequence(byte[] array, int header) {
        return BigEndian.getInt(array, header + 4);
    }

    /** Puts the sequence number. */
    public static void putSequence(byte[] array, int header, int value) {
        BigEndian.putInt(array, header + 4, value);
    }

    /** Acknowledgment number. */
    public static int acknowledgment(byte[] array, int header) {
        return BigEndian.getInt(array, header + 8);
    }

    /** Length with options. */
    public static int headerLength(byte[] array, int header) {
        return (array[header + 12] >>> 4 & 0xf) * 4;
    }

    /** The eight flags. */
    public static int flags(byte[] array, int header) {
        return array[header + 13] & 0xff;
    }

    /** Puts the eight flags. */
    public static void putFlags(byte[] array, int header, int flags) {
        array[header + 13] = (byte) flags;
    }

    /** Window. */
    public static int window(byte[] array, int header) {
        return BigEndian.getShort(array, header + 14);
    }

    /** Checksum as it stands. */
    public static int checksum(byte[] array, int header) {
        return BigEndian.getShort(array, header + CHECKSUM);
    }

    /** Puts the checksum as it is given. */
    public static void putChecksum(byte[] array, int header, int value) {
        BigEndian.putShort(array, header + CHECKSUM, value);
    }
}
