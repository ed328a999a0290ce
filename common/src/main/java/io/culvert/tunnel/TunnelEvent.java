package io.culvert.tunnel;

/** What happens to a peer now and then; a dozen a day, never one a packet. */
public sealed interface TunnelEvent<E> {
    Peer<E> peer();

    /** Both ends hold new keys. */
    record HandshakeCompleted<E>(Peer<E> peer) implements TunnelEvent<E> {}

    /** The peer did not answer for 90 s; what waited for it was dropped. */
    record HandshakeGaveUp<E>(Peer<E> peer) implements TunnelEvent<E> {}

    /** An authenticated packet came by a new path; answers go there now. */
    record Roamed<E>(Peer<E> peer, E endpoint) implements TunnelEvent<E> {}
}
