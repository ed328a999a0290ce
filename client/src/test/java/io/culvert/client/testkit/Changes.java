package io.culvert.client.testkit;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Wakes a test when something happened at a double's end. Thread-safe (one lock). */
public final class Changes {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(10);

    private Changes() {}

    /** Something happened. */
    static void tell() {
        synchronized (Changes.class) {
            Changes.class.notifyAll();
        }
    }

    /** Waits until the condition holds; whether it did within 10 s. */
    public static boolean await(BooleanSupplier condition) throws InterruptedException {
        long endNs = System.nanoTime() + LIMIT_NS;
        synchronized (Changes.class) {
            while (!condition.getAsBoolean()) {
                long leftMs = TimeUnit.NANOSECONDS.toMillis(endNs - System.nanoTime());
                if (leftMs <= 0) {
                    return false;
                }
                Changes.class.wait(leftMs);
            }
        }
        return true;
    }
}
