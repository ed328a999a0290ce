package io.culvert.carrier;

import io.culvert.bytes.BigEndian;

/**
 * Variable-length integers of QUIC (RFC 9000 §16): the two top bits of the first byte say whether
 * the integer takes 1, 2, 4 or 8 bytes. Need not be minimal. Stateless, thread-safe.
 */
final class VarInt {
    /** The largest value: 62 bits. */
    static final long MAX = (1L << 62) - 1;

    /** The largest value that fits in one byte. */
    static final int MAX_1 = 0x3f;

    /** The largest value that fits in two bytes. */
    static final int MAX_2 = 0x3fff;

    /** The largest value that fits in four bytes. */
    static final int MAX_4 = 0x3fff_ffff;

    private VarInt() {}

    /** The value at {@code offset}; negative if it does not end within {@code limit}. */
    static long get(byte[] array, int offset, int limit) {
        if (offset >= limit || lengthAt(array, offset) > limit - offset) {
            return -1;
        }
        return switch (lengthAt(array, offset)) {
            case 1 -> array[offset] & MAX_1;
            case 2 -> BigEndian.getShort(array, offset) & MAX_2;
            case 4 -> BigEndian.getInt(array, offset) & MAX_4;
            default -> BigEndian.getLong(array, offset) & MAX;
        };
    }

    /** How many bytes the integer takes that begins at {@code offset}. */
    static int lengthAt(byte[] array, int offset) {
        return 1 << ((array[offset] & 0xff) >>> 6);
    }

    /** How many bytes {@code value} takes at least. */
    static int length(long value) {
        if (value <= MAX_1) {
            return 1;
        }
        if (value <= MAX_2) {
            return 2;
        }
        return value <= MAX_4 ? 4 : 8;
    }

    /** Puts {@code value} in as few bytes as it takes; returns the offset after it. */
    static int put(byte[] array, int offset, long value) {
        int length = length(value);
        put(array, offset, value, length);
        return offset + length;
    }

    /** Puts {@code value} in exactly {@code length} bytes. */
    static void put(byte[] array, int offset, long value, int length) {
        switch (length) {
            case 1 -> array[offset] = (byte) value;
            case 2 -> BigEndian.putShort(array, offset, (int) value | 0x4000);
            case 4 -> BigEndian.putInt(array, offset, (int) value | 0x8000_0000);
            case 8 -> BigEndian.putLong(array, offset, value | 0xc000_0000_0000_0000L);
            default -> throw new IllegalStateException("no varint takes " + length + " bytes");
        }
    }
}
