package io.culvert.tunnel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The endpoints of all peers, and who is at each: mostly one. Confined to the engine. */
final class Endpoints<E> {
    private final Map<E, List<Peer<E>>> peersAt = new HashMap<>();

    /** The peer was at one place, if anywhere, and is at another, if anywhere. */
    void move(Peer<E> peer, @Nullable E from, @Nullable E to) {
        if (from != null) {
            peersAt.computeIfPresent(from, (_, peers) -> without(peers, peer));
        }
        if (to != null) {
            peersAt.merge(to, List.of(peer), Endpoints::together);
        }
    }

    private static <E> @Nullable List<Peer<E>> without(List<Peer<E>> peers, Peer<E> peer) {
        if (peers.size() == 1) {
            return null;
        }
        peers.remove(peer);
        return peers;
    }

    /** What two or more are kept in can be changed. */
    private static <E> List<Peer<E>> together(List<Peer<E>> peers, List<Peer<E>> more) {
        List<Peer<E>> all = peers.size() == 1 ? new ArrayList<>(peers) : peers;
        all.addAll(more);
        return all;
    }

    /** Whether some peer is there. */
    boolean isKnown(E endpoint) {
        return peersAt.containsKey(endpoint);
    }

    /** Who is there now. */
    List<Peer<E>> peersAt(E endpoint) {
        return List.copyOf(peersAt.getOrDefault(endpoint, List.of()));
    }
}
