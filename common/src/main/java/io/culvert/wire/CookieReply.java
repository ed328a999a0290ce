package io.culvert.wire;

import io.culvert.bytes.LittleEndian;

/**
 * Layout of the cookie reply (paper §5.4.7), 64 bytes.
 *
 * <pre>
 *   0        4          8           32                64
 *   +--------+----------+-----------+-----------------+
 *   | type 3 | receiver | nonce 24  | cookie 16+16    |
 *   +--------+----------+-----------+-----------------+
 * </pre>
 */
public final class CookieReply {
    public static final int TYPE = 3;
    public static final int LENGTH = 64;
    public static final int NONCE = 8;
    public static final int NONCE_LENGTH = 24;
    public static final int COOKIE = 32;
    public static final int COOKIE_LENGTH = 32;

    private static final int RECEIVER = 4;

    private CookieReply() {}

    /** Writes the type and the receiver's index. */
    public static void writeHeader(byte[] array, int offset, int receiver) {
        LittleEndian.putInt(array, offset, TYPE);
        LittleEndian.putInt(array, offset + RECEIVER, receiver);
    }

    /** The index of the handshake message that is answered. */
    public static int receiver(byte[] array, int offset) {
        return LittleEndian.getInt(array, offset + RECEIVER);
    }
}
