package io.culvert.ip;

import io.culvert.bytes.BigEndian;

/**
 * Layout of the UDP header (RFC 768): source port, destination port, length, checksum, 16 bits
 * each. Accessors take where the header begins. Thread-safe (stateless).
 */
public final class UdpHeader {
    /** Length of the header. */
    public static final int LENGTH = 8;

    /** Where the checksum is. */
    public static final int CHECKSUM = 6;

    private UdpHeader() {}

    /** Source port. */
    public static int sourcePort(byte[] array, int header) {
        return BigEndian.getShort(array, header);
    }

    /** Destination port. */
    public static int destinationPort(byte[] array, int header) {
        return BigEndian.getShort(array, header + 2);
    }

    /** Length of header and payload. */
    public static int length(byte[] array, int header) {
        return BigEndian.getShort(array, header + 4);
    }

    /** Puts the length of header and payload. */
    public static void putLength(byte[] array, int header, int length) {
        BigEndian.putShort(array, header + 4, length);
    }

    /** Checksum as it stands; 0 says that there is none. */
    public static int checksum(byte[] array, int header) {
        return BigEndian.getShort(array, header + CHECKSUM);
    }

    /** Puts the checksum as it is given. */
    public static void putChecksum(byte[] array, int header, int value) {
        BigEndian.putShort(array, header + CHECKSUM, value);
    }
}
