package io.culvert.tunnel;

/**
 * What the engine asks of the world, always within a call of the engine. An implementation must not
 * call the engine back.
 */
public interface TunnelEffects<E> {
    /**
     * Sends a datagram that no packet asked for: a handshake message, a cookie reply, a keepalive,
     * or a packet that waited for its key. The array is borrowed until return.
     *
     * @param trafficClass what the outer IP header says of it to routers: DSCP and ECN
     */
    void send(E to, byte[] array, int offset, int length, int trafficClass);

    /**
     * What cookies and the rate limiter know an endpoint by: address and port, 6 or 18 bytes; or
     * another number of bytes that stand for this endpoint alone.
     */
    byte[] source(E endpoint);

    /**
     * Whether the other side is known to receive at that address: a connection's is, a datagram's
     * may be forged.
     */
    default boolean isProven(E endpoint) {
        return false;
    }

    /** Something that people want to know. */
    void on(TunnelEvent<E> event);
}
