package io.culvert.wire;

import io.culvert.bytes.LittleEndian;
import org.jspecify.annotations.Nullable;

/**
 * The kind of a WireGuard message, told by its first four bytes and its length.
 *
 * <p>The type byte and its three reserved zero bytes are read as one little-endian integer, so a
 * message with a reserved bit set has no type.
 */
public enum MessageType {
    INITIATION,
    RESPONSE,
    COOKIE_REPLY,
    TRANSPORT;

    /** The type of the datagram, or null when it is no WireGuard message of a proper length. */
    public static @Nullable MessageType of(byte[] array, int offset, int length) {
        if (length < Transport.OVERHEAD) {
            return null;
        }
        return switch (LittleEndian.getInt(array, offset)) {
            case Initiation.TYPE -> length == Initiation.LENGTH ? INITIATION : null;
            case Response.TYPE -> length == Response.LENGTH ? RESPONSE : null;
            case CookieReply.TYPE -> length == CookieReply.LENGTH ? COOKIE_REPLY : null;
            case Transport.TYPE -> TRANSPORT;
            default -> null;
        };
    }
}
