package io.culvert.wire;

import io.culvert.bytes.LittleEndian;

/**
 * Layout of the transport message (paper §5.4.6), at least 32 bytes.
 *
 * <pre>
 *   0        4          8          16                       n      n+16
 *   +--------+----------+----------+------------------------+------+
 *   | type 4 | receiver | counter  | padded packet, sealed  | tag  |
 *   +--------+----------+----------+------------------------+------+
 * </pre>
 */
public final class Transport {
    public static final int TYPE = 4;
    public static final int CONTENT = 16;
    public static final int TAG_LENGTH = 16;

    /** Bytes that a transport message adds to its padded packet; the length of a keepalive. */
    public static final int OVERHEAD = CONTENT + TAG_LENGTH;

    private static final int RECEIVER = 4;
    private static final int COUNTER = 8;

    private Transport() {}

    /** Writes everything before the content. */
    public static void writeHeader(byte[] array, int offset, int receiver, long counter) {
        LittleEndian.putInt(array, offset, TYPE);
        LittleEndian.putInt(array, offset + RECEIVER, receiver);
        LittleEndian.putLong(array, offset + COUNTER, counter);
    }

    /** The receiver's index: names the key pair. */
    public static int receiver(byte[] array, int offset) {
        return LittleEndian.getInt(array, offset + RECEIVER);
    }

    /** The unsigned 64-bit nonce counter. */
    public static long counter(byte[] array, int offset) {
        return LittleEndian.getLong(array, offset + COUNTER);
    }
}
