package io.culvert.wire;

import io.culvert.bytes.LittleEndian;

/**
 * Layout of the second handshake message (paper §5.4.3), 92 bytes.
 *
 * <pre>
 *   0        4         8          12           44            60      76      92
 *   +--------+---------+----------+------------+-------------+-------+-------+
 *   | type 2 | sender  | receiver | ephemeral  | empty 0+16  | mac1  | mac2  |
 *   +--------+---------+----------+------------+-------------+-------+-------+
 * </pre>
 */
public final class Response {
    public static final int TYPE = 2;
    public static final int LENGTH = 92;
    public static final int EPHEMERAL = 12;
    public static final int EMPTY = 44;
    public static final int MAC1 = 60;
    public static final int MAC2 = 76;

    private static final int SENDER = 4;
    private static final int RECEIVER = 8;

    private Response() {}

    /** Writes the type and both indices. */
    public static void writeHeader(byte[] array, int offset, int sender, int receiver) {
        LittleEndian.putInt(array, offset, TYPE);
        LittleEndian.putInt(array, offset + SENDER, sender);
        LittleEndian.putInt(array, offset + RECEIVER, receiver);
    }

    /** The responder's index. */
    public static int sender(byte[] array, int offset) {
        return LittleEndian.getInt(array, offset + SENDER);
    }

    /** The initiator's index, as its initiation had it. */
    public static int receiver(byte[] array, int offset) {
        return LittleEndian.getInt(array, offset + RECEIVER);
    }
}
