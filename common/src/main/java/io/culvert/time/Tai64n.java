package io.culvert.time;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A TAI64N timestamp: what makes a handshake initiation newer than the last (WireGuard paper
 * section 5.1). Immutable.
 *
 * <pre>
 *  0               8       12
 * +---------------+-------+
 * | seconds       | nanos |   both big-endian; compared as 12 unsigned bytes
 * +---------------+-------+
 * </pre>
 */
public final class Tai64n implements Comparable<Tai64n> {
    /** Length in bytes. */
    public static final int LENGTH = 12;

    /** The TAI64 label of 1970-01-01 00:00:00 UTC: 2^62, and ten seconds that TAI was ahead. */
    private static final long EPOCH = 0x400000000000000aL;

    /** What whitening keeps: steps of 16.8 ms, so that the clock's fine grain stays private. */
    private static final int NANOS_MASK = 0xff000000;

    private static final int STEP_NANOS = 0x01000000;
    private static final int NANOS_PER_SECOND = 1_000_000_000;
    private static final int NANOS_OFFSET = 8;

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private final long seconds;
    private final int nanos;

    private Tai64n(long seconds, int nanos) {
        this.seconds = seconds;
        this.nanos = nanos;
    }

    /** The timestamp of {@code instant}, whitened. */
    public static Tai64n of(Instant instant) {
        return new Tai64n(EPOCH + instant.getEpochSecond(), instant.getNano() & NANOS_MASK);
    }

    /** The {@value #LENGTH} bytes at {@code offset}, whatever they say. */
    public static Tai64n ofBytes(byte[] array, int offset) {
        return new Tai64n((long) LONG.get(array, offset), (int) INT.get(array, offset + 8));
    }

    /** The smallest whitened timestamp that is greater. */
    public Tai64n next() {
        int whitened = nanos & NANOS_MASK;
        if (Integer.compareUnsigned(whitened, NANOS_PER_SECOND - STEP_NANOS) >= 0) {
            return new Tai64n(seconds + 1, 0);
        }
        return new Tai64n(seconds, whitened + STEP_NANOS);
    }

    /** Whether this is greater than {@code other}. */
    public boolean isAfter(Tai64n other) {
        return compareTo(other) > 0;
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        byte[] bytes = new byte[LENGTH];
        LONG.set(bytes, 0, seconds);
        INT.set(bytes, NANOS_OFFSET, nanos);
        return bytes;
    }

    @Override
    public int compareTo(Tai64n other) {
        int order = Long.compareUnsigned(seconds, other.seconds);
        return order != 0 ? order : Integer.compareUnsigned(nanos, other.nanos);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Tai64n that && seconds == that.seconds && nanos == that.nanos;
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(seconds) + nanos;
    }

    /** The external TAI64N format: an at sign and 24 digits. */
    @Override
    public String toString() {
        return "@" + HexFormat.of().formatHex(bytes());
    }
}
