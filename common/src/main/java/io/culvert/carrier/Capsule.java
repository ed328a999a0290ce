package io.culvert.carrier;

import io.culvert.bytes.BigEndian;

/**
 * Layout of the capsules of {@code culvert.1} (RFC 9297 §3.2): the payload of a binary message is a
 * sequence of them.
 *
 * <pre>
 * Capsule  { type (varint), length (varint), value (length bytes) }
 *
 * DATAGRAM { one WireGuard message }
 * HELLO    { version (varint), instance (16), features (varint), max message bytes (varint),
 *            lane (varint, 0 where it is missing), … }
 * DRAIN    { milliseconds (varint), … }
 * PING     { sequence (8), … }
 * PONG     { sequence (8), … }
 * PADDING  { anything }
 * </pre>
 */
final class Capsule {
    static final int DATAGRAM = 0x00;
    static final int HELLO = 0x2f01;
    static final int DRAIN = 0x2f02;
    static final int PING = 0x2f03;
    static final int PONG = 0x2f04;
    static final int PADDING = 0x2f05;

    static final int INSTANCE_LENGTH = 16;
    static final int SEQUENCE_LENGTH = 8;

    /** Bytes of a whole PING or PONG. */
    static final int PING_LENGTH = 2 + 1 + SEQUENCE_LENGTH;

    /** Most bytes that any of the writers below takes. */
    static final int MAX_CONTROL = 64;

    private Capsule() {}

    /** Bytes before a datagram of up to {@code maxLength} bytes: type and a fixed-size length. */
    static int datagramHeader(int maxLength) {
        return 1 + lengthOfLength(maxLength);
    }

    /**
     * Puts type and length right before the datagram.
     *
     * @param header what {@link #datagramHeader} said when the room was made
     */
    static void putDatagramHeader(byte[] array, int datagram, int length, int header) {
        array[datagram - header] = DATAGRAM;
        VarInt.put(array, datagram - header + 1, length, header - 1);
    }

    /** Puts HELLO; returns the offset after it. */
    static int putHello(byte[] array, int offset, Hello hello) {
        int length =
                VarInt.length(hello.version())
                        + INSTANCE_LENGTH
                        + VarInt.length(hello.features())
                        + VarInt.length(hello.maxMessageBytes())
                        + (hello.lane() == 0 ? 0 : VarInt.length(hello.lane()));
        int at = putHeader(array, offset, HELLO, length);
        at = VarInt.put(array, at, hello.version());
        BigEndian.putLong(array, at, hello.instance().getMostSignificantBits());
        BigEndian.putLong(array, at + 8, hello.instance().getLeastSignificantBits());
        at = VarInt.put(array, at + INSTANCE_LENGTH, hello.features());
        at = VarInt.put(array, at, hello.maxMessageBytes());
        return hello.lane() == 0 ? at : VarInt.put(array, at, hello.lane());
    }

    /** Puts DRAIN; returns the offset after it. */
    static int putDrain(byte[] array, int offset, long afterMs) {
        int at = putHeader(array, offset, DRAIN, VarInt.length(afterMs));
        return VarInt.put(array, at, afterMs);
    }

    /** Puts PING or PONG; returns the offset after it. */
    static int putSequence(byte[] array, int offset, int type, long sequence) {
        int at = putHeader(array, offset, type, SEQUENCE_LENGTH);
        BigEndian.putLong(array, at, sequence);
        return at + SEQUENCE_LENGTH;
    }

    private static int putHeader(byte[] array, int offset, int type, int length) {
        return VarInt.put(array, VarInt.put(array, offset, type), length);
    }

    private static int lengthOfLength(int maxLength) {
        return maxLength <= VarInt.MAX_2 ? 2 : 4;
    }
}
