package io.culvert.time;

import java.time.Instant;

/**
 * The time of day, as far as this machine knows it: it may be wrong and may jump either way.
 * Implementations are thread-safe.
 */
@FunctionalInterface
public interface WallClock {
    /** The time now. */
    Instant now();

    /** The machine's clock. */
    static WallClock system() {
        return Instant::now;
    }
}
