package io.culvert.time;

import java.util.concurrent.atomic.AtomicReference;

/**
 * The timestamps of one static key's initiations: each is greater than the one before, whatever the
 * wall clock does. A clock that was set back must not make this side's handshakes look replayed
 * until it has caught up (CVE-2021-46873). Thread-safe (one atomic reference).
 */
public final class TimestampSource {
    private static final Tai64n NEVER = Tai64n.ofBytes(new byte[Tai64n.LENGTH], 0);

    private final WallClock clock;
    private final AtomicReference<Tai64n> last;

    /** Timestamps of {@code clock}. */
    public TimestampSource(WallClock clock) {
        this(clock, NEVER);
    }

    /** Timestamps of {@code clock} that are also greater than {@code last}, as kept on disk. */
    public TimestampSource(WallClock clock, Tai64n last) {
        this.clock = clock;
        this.last = new AtomicReference<>(last);
    }

    /** The wall clock's reading, or the next after the last one where that is greater. */
    public Tai64n next() {
        Tai64n now = Tai64n.of(clock.now());
        return last.updateAndGet(previous -> now.isAfter(previous) ? now : previous.next());
    }
}
