package io.culvert.tunnel;

/** Bounds that the protocol leaves to the implementation. */
final class Tuning {
    /** Packets that wait for a key, per peer. */
    static final int STAGED_PACKETS = 128;

    /** Handshake messages with a valid mac1 within one second that count as being under load. */
    static final int LOAD_HANDSHAKES_PER_SECOND = 256;

    /** How long the engine stays under load after it last was. */
    static final long LOAD_STICKY_NS = Timing.SECOND_NS;

    /** Cookie replies within one second, but for those to endpoints of peers. */
    static final int COOKIE_REPLIES_PER_SECOND = 10_000;

    /** Handshake messages per second and source, under load. */
    static final int RATE_PER_SECOND = 20;

    /** Handshake messages at once per source, under load. */
    static final int RATE_BURST = 5;

    /**
     * Handshake messages per second that all sources share, once they have had their bursts. Each
     * may cost 0.1 ms of the worker and no more of the loop than that where it is a peer's.
     */
    static final int RATE_SHARED_PER_SECOND = 1000;

    /** Sources that the limiter remembers. */
    static final int RATE_SOURCES = 65_536;

    /** Initiations under examination from where peers are, and as many from elsewhere. */
    static final int EXAMINATIONS = 1024;

    /** Initiations whose examination is done that are gone on with before other work. */
    static final int COLLECTED_AT_ONCE = 16;

    /** Bytes that the largest packet and everything around it need. */
    static final int LARGEST_DATAGRAM = 65_536 + 128;

    /**
     * What the outer header of a handshake message says, as Linux's WireGuard has it: low-delay
     * data, drop me last (AF41, RFC 2597 §6). All other datagrams have DSCP 0.
     */
    static final int HANDSHAKE_TRAFFIC_CLASS = 0x88;

    private Tuning() {}
}
