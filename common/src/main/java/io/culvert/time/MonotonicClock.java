package io.culvert.time;

/**
 * A clock that never goes back. Its readings mean something only by their difference, which may
 * wrap: compare by subtraction. Implementations are thread-safe.
 */
@FunctionalInterface
public interface MonotonicClock {
    /** Nanoseconds since a moment that stays the same while the process runs. */
    long nowNs();

    /** The JDK's clock, which on Linux stands still while the machine sleeps. */
    static MonotonicClock system() {
        return System::nanoTime;
    }
}
