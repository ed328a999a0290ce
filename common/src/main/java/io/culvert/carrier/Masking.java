package io.culvert.carrier;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The XOR between a client's payload and what crosses the wire (RFC 6455 §5.3). Stateless. */
final class Masking {
    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private Masking() {}

    /**
     * Masks or unmasks in place; the two are one.
     *
     * @param key the masking key, its first byte on top
     * @param position where in the frame's payload {@code array[offset]} stands
     */
    static void apply(byte[] array, int offset, int length, int key, int position) {
        int turned = Integer.rotateLeft(key, (position & 3) << 3);
        int words = length & -Long.BYTES;
        if (words != 0) {
            applyWords(MemorySegment.ofArray(array), offset, words, pattern(turned));
        }
        for (int i = words; i < length; i++) {
            array[offset + i] ^= (byte) (turned >>> ((~i & 3) << 3));
        }
    }

    // a heap segment and native order: the form that C2 vectorises
    private static void applyWords(MemorySegment segment, int offset, int length, long pattern) {
        for (int i = offset; i < offset + length; i += Long.BYTES) {
            long masked = segment.get(ValueLayout.JAVA_LONG_UNALIGNED, i) ^ pattern;
            segment.set(ValueLayout.JAVA_LONG_UNALIGNED, i, masked);
        }
    }

    private static long pattern(int key) {
        int word = LITTLE ? Integer.reverseBytes(key) : key;
        return (word & 0xffff_ffffL) | ((long) word << 32);
    }
}
