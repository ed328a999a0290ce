package io.culvert.libc;

import io.culvert.time.MonotonicClock;
import java.lang.ref.Reference;

/**
 * Nanoseconds since the machine started, time in suspend included (CLOCK_BOOTTIME). {@code
 * System.nanoTime} stands still in suspend, and old keys would look young afterwards. Thread-safe
 * (a buffer per thread).
 */
public final class BootTimeClock implements MonotonicClock {
    private static final int CLOCK_BOOTTIME = 7;
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final ThreadLocal<NativeBuffer> timespec =
            ThreadLocal.withInitial(() -> NativeBuffer.allocate(2 * Long.BYTES));

    @Override
    public long nowNs() {
        NativeBuffer buffer = timespec.get();
        long address = buffer.address(0, 2 * Long.BYTES);
        try {
            if (NativeCalls.clock_gettime(CLOCK_BOOTTIME, address) < 0) {
                throw new IllegalStateException("clock_gettime CLOCK_BOOTTIME failed");
            }
            return buffer.bytes().getLong(0) * NS_PER_SECOND + buffer.bytes().getLong(Long.BYTES);
        } finally {
            Reference.reachabilityFence(buffer);
        }
    }
}
