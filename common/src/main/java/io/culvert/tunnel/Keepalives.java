package io.culvert.tunnel;

/**
 * Sends what waited for a key, or else an empty packet. The engine's part that both the handshakes
 * and the timers need.
 */
interface Keepalives<E> {
    /** Confirms new keys at once: the staged packets, or an empty one when there are none. */
    void confirm(Peer<E> peer, long nowNs);
}
