package io.culvert.tunnel;

/** Bounds that the protocol leaves to the implementation. */
final class Tuning {
    /** Packets that wait for a key, per peer. */
    static final int STAGED_PACKETS = 128;

    /** Handshake messages with a valid mac1 within one second that count as being under load. */
    static final int LOAD_HANDSHAKES_PER_SECOND = 256;

    /** How long the engine stays under load after it last was. */
    static final long LOAD_STICKY_NS = Timing.SECOND_NS;

    /** Handshake messages per second and source, under load. */
    static final int RATE_PER_SECOND = 20;

    /** Handshake messages at once per source, under load. */
    static final int RATE_BURST = 5;

    /** Sources that the limiter remembers. */
    static final int RATE_SOURCES = 65_536;

    /** Bytes that the largest packet and everything around it need. */
    static final int LARGEST_DATAGRAM = 65_536 + 128;

    /**
     * What the outer header of a handshake message says, as Linux's WireGuard has it: low-delay
     * data, drop me last (AF41, RFC 2597 §6). All other datagrams have DSCP 0.
     */
    static final int HANDSHAKE_TRAFFIC_CLASS = 0x88;

    private Tuning() {}
}
