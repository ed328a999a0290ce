package io.culvert.bytes;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Big-endian (network order) integers in byte arrays, at any alignment. Thread-safe (stateless).
 */
public final class BigEndian {
    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private BigEndian() {}

    /** The unsigned 16-bit integer at {@code offset}. */
    public static int getShort(byte[] array, int offset) {
        return (short) SHORT.get(array, offset) & 0xffff;
    }

    /** Puts the low 16 bits of {@code value} at {@code offset}. */
    public static void putShort(byte[] array, int offset, int value) {
        SHORT.set(array, offset, (short) value);
    }

    /** The 32-bit integer at {@code offset}. */
    public static int getInt(byte[] array, int offset) {
        return (int) INT.get(array, offset);
    }

    /** Puts a 32-bit integer at {@code offset}. */
    public static void putInt(byte[] array, int offset, int value) {
        INT.set(array, offset, value);
    }

    /** The 64-bit integer at {@code offset}. */
    public static long getLong(byte[] array, int offset) {
        return (long) LONG.get(array, offset);
    }

    /** Puts a 64-bit integer at {@code offset}. */
    public static void putLong(byte[] array, int offset, long value) {
        LONG.set(array, offset, value);
    }
}
