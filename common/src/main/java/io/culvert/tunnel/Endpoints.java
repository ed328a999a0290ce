package io.culvert.tunnel;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The endpoints of all peers, and how many have each. Confined to the engine. */
final class Endpoints<E> {
    private final Map<E, Integer> peersAt = new HashMap<>();

    /** A peer was at one place, if anywhere, and is at another, if anywhere. */
    void move(@Nullable E from, @Nullable E to) {
        if (from != null) {
            peersAt.computeIfPresent(from, (_, peers) -> peers == 1 ? null : peers - 1);
        }
        if (to != null) {
            peersAt.merge(to, 1, Integer::sum);
        }
    }

    /** Whether some peer is there. */
    boolean isKnown(E endpoint) {
        return peersAt.containsKey(endpoint);
    }
}
