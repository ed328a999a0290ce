package io.culvert.wire;

import io.culvert.bytes.LittleEndian;

/**
 * Layout of the first handshake message (paper §5.4.2), 148 bytes.
 *
 * <pre>
 *   0        4         8            40                 88             116     132     148
 *   +--------+---------+------------+------------------+--------------+-------+-------+
 *   | type 1 | sender  | ephemeral  | static 32+16     | time 12+16   | mac1  | mac2  |
 *   +--------+---------+------------+------------------+--------------+-------+-------+
 * </pre>
 */
public final class Initiation {
    public static final int TYPE = 1;
    public static final int LENGTH = 148;
    public static final int EPHEMERAL = 8;
    public static final int STATIC = 40;
    public static final int TIMESTAMP = 88;
    public static final int MAC1 = 116;
    public static final int MAC2 = 132;

    private static final int SENDER = 4;

    private Initiation() {}

    /** Writes the type and the sender's index. */
    public static void writeHeader(byte[] array, int offset, int sender) {
        LittleEndian.putInt(array, offset, TYPE);
        LittleEndian.putInt(array, offset + SENDER, sender);
    }

    /** The index that the sender wants to be answered to. */
    public static int sender(byte[] array, int offset) {
        return LittleEndian.getInt(array, offset + SENDER);
    }
}
