package io.culvert.carrier;

import java.util.Arrays;

/**
 * The array that an outbox builds its messages in: it grows by need, and what was not needed for a
 * while is given back. A tunnel that says little holds little. Confined to its outbox.
 */
final class OutboxRoom {
    /** A keepalive with all that is around it, and some. */
    private static final int LEAST_BYTES = 128;

    private static final int FIRST_BYTES = 512;

    private final int usualBytes;
    private byte[] array;

    /** The most that was needed since the last trim. */
    private int needed;

    /**
     * Room for little.
     *
     * @param usualBytes what a usual message needs at most: up to there it grows by doubling
     */
    OutboxRoom(int usualBytes) {
        this.usualBytes = usualBytes;
        this.array = new byte[LEAST_BYTES];
    }

    byte[] array() {
        return array;
    }

    /** Makes the array at least that long; what stands in it stays. */
    void require(int bytes) {
        needed = Math.max(needed, bytes);
        if (bytes > array.length) {
            int roomy = Math.max(FIRST_BYTES, Math.min(usualBytes, 4 * array.length));
            array = Arrays.copyOf(array, Math.max(bytes, roomy));
        }
    }

    /** Now and then, while nothing stands in the array: gives back what was not needed. */
    void trim() {
        boolean isLong = array.length > usualBytes && needed <= usualBytes;
        boolean isIdle = array.length > LEAST_BYTES && needed <= array.length / 4;
        if (isLong || isIdle) {
            array = new byte[Math.max(LEAST_BYTES, needed)];
        }
        needed = 0;
    }
}
