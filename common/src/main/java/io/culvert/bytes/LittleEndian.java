package io.culvert.bytes;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Little-endian integers in byte arrays, at any alignment. Thread-safe (stateless). */
public final class LittleEndian {
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private LittleEndian() {}

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
