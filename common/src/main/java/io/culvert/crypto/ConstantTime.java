package io.culvert.crypto;

/** Comparison whose duration tells nothing about the bytes. Thread-safe (stateless). */
public final class ConstantTime {
    private ConstantTime() {}

    /** Whether {@code length} bytes of {@code a} and of {@code b} are the same. */
    public static boolean equals(byte[] a, int aOffset, byte[] b, int bOffset, int length) {
        int difference = 0;
        for (int i = 0; i < length; i++) {
            difference |= a[aOffset + i] ^ b[bOffset + i];
        }
        return difference == 0;
    }

    /** Whether every byte is zero. */
    static boolean isZero(byte[] bytes) {
        int seen = 0;
        for (byte b : bytes) {
            seen |= b;
        }
        return seen == 0;
    }
}
