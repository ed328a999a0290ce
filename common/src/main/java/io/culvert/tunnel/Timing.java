package io.culvert.tunnel;

/** Time constants of the protocol (paper §6), in nanoseconds, and the limits that go with them. */
final class Timing {
    static final long SECOND_NS = 1_000_000_000L;

    /** REKEY-TIMEOUT: the least time between two initiations to one peer. */
    static final long REKEY_TIMEOUT_NS = 5 * SECOND_NS;

    /** Each retransmission and each new-handshake timer is later by up to this, at random. */
    static final int JITTER_NS = 333_000_000;

    /** KEEPALIVE-TIMEOUT: silence after received data that is broken by an empty packet. */
    static final long KEEPALIVE_TIMEOUT_NS = 10 * SECOND_NS;

    /** Data that stays unanswered this long begins a new handshake. */
    static final long NEW_HANDSHAKE_NS = KEEPALIVE_TIMEOUT_NS + REKEY_TIMEOUT_NS;

    /** An initiator that still receives at this age of its keys renews them, once. */
    static final long REKEY_ON_RECEIVE_NS = 165 * SECOND_NS;

    /** All key material is zeroed this long after the last session was made. */
    static final long ZERO_KEYS_NS = 540 * SECOND_NS;

    /** Retransmissions before giving up: REKEY-ATTEMPT-TIME / REKEY-TIMEOUT. */
    static final int MAX_HANDSHAKE_ATTEMPTS = 18;

    /** The least time between two initiations taken from one peer. */
    static final long INITIATION_SPACING_NS = SECOND_NS / 50;

    private Timing() {}
}
