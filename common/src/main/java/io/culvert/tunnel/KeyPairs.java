package io.culvert.tunnel;

import io.culvert.session.Session;
import org.jspecify.annotations.Nullable;

/**
 * The previous, current and next session of one peer, and how they take each other's place (paper
 * §6.3). Sessions that fall out are destroyed and their index is freed. Confined to the engine.
 */
final class KeyPairs {
    private final IndexTable<?> indices;

    /** Receives what was under way when the current one took over; null before the first rekey. */
    private @Nullable Session previous;

    /** The one that seals; null until the first handshake completes, and after keys are zeroed. */
    private @Nullable Session current;

    /** Made as responder and not yet confirmed by data; never seals. */
    private @Nullable Session next;

    KeyPairs(IndexTable<?> indices) {
        this.indices = indices;
    }

    @Nullable Session current() {
        return current;
    }

    boolean isNext(Session session) {
        return session == next;
    }

    /** A session made as initiator: it is confirmed already, and seals at once. */
    void addAsInitiator(Session session) {
        drop(previous);
        if (next != null) {
            previous = next;
            next = null;
            drop(current);
        } else {
            previous = current;
        }
        current = session;
    }

    /** A session made as responder: it waits for the peer's first packet. */
    void addAsResponder(Session session) {
        drop(next);
        next = session;
        drop(previous);
        previous = null;
    }

    /** The peer's first packet on the next session confirmed it. */
    void promoteNext() {
        drop(previous);
        previous = current;
        current = next;
        next = null;
    }

    /** Nothing is sealed with what there is; what is under way is still opened. */
    void retire() {
        if (current != null) {
            current.retire();
        }
        if (next != null) {
            next.retire();
        }
    }

    /** Destroys all three. */
    void clear() {
        drop(previous);
        drop(current);
        drop(next);
        previous = null;
        current = null;
        next = null;
    }

    private void drop(@Nullable Session session) {
        if (session != null) {
            indices.remove(session.localIndex());
            session.destroy();
        }
    }
}
