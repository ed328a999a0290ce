package io.culvert.carrier;

/**
 * One path for datagrams to one remote: a WebSocket connection, or a UDP address.
 *
 * <p>Confined to the loop that owns it. The caller asks {@link #isWritable}, then builds each
 * datagram in place: {@link #reserve}, write into {@link #array}, {@link #commit}; {@link #flush}
 * once at the end of a batch. A datagram that was committed is never waited for: it goes out with
 * the flush, or is dropped and counted by the carrier.
 *
 * <pre>{@code
 * if (carrier.isWritable()) {
 *     int offset = carrier.reserve(maxLength);
 *     carrier.commit(fill(carrier.array(), offset));
 *     carrier.flush(nowNs);
 * }
 * }</pre>
 *
 * <p>Two carriers are equal when they lead to the same remote by the same path; roaming is decided
 * by that.
 */
public interface Carrier {
    /**
     * Whether the carrier takes another datagram now. When this turns from false to true the {@link
     * CarrierListener} is told.
     */
    boolean isWritable();

    /** The array that the datagram being built stands in; valid from reserve until commit. */
    byte[] array();

    /**
     * Where the next datagram goes. At least {@code maxLength} bytes may be written there.
     *
     * @param maxLength upper bound of the datagram's length, at most {@link #maxDatagram}
     */
    int reserve(int maxLength);

    /** Ends the datagram begun by reserve; 0 forgets it. */
    void commit(int length);

    /**
     * The same, for a datagram that has a word to say to the routers on its way.
     *
     * @param trafficClass DSCP and ECN of the outer IP header, 0 to 255 (RFC 2474, RFC 3168). On a
     *     stream datagrams have no header of their own: there it is lost.
     */
    default void commit(int length, int trafficClass) {
        commit(length);
    }

    /**
     * Sends what was committed.
     *
     * @param nowNs monotonic
     */
    void flush(long nowNs);

    /**
     * Whether both sides of this carrier have said that transport messages may hold super-packets.
     */
    default boolean takesSuperPackets() {
        return false;
    }

    /** Over how many connections flows may be spread: more than one in a {@link Bundle}. */
    default int lanes() {
        return 1;
    }

    /**
     * The connection that flows of a lane go by now; this very carrier where it is the only one.
     *
     * @param lane from 0 to below {@link #lanes}, or what was below it once
     */
    default Carrier lane(int lane) {
        return this;
    }

    /** The longest datagram that crosses this carrier, in bytes. */
    int maxDatagram();

    /**
     * What a super-packet may be long without keeping others waiting, in bytes: some milliseconds
     * of what the path delivers.
     */
    default int messageBytes() {
        return maxDatagram();
    }

    /**
     * The path's round trip without its queues, but with the waits that its losses make, in ns; 0
     * if it is not known.
     */
    default long roundTripNs() {
        return 0;
    }

    /**
     * What the cookie and the rate limiter know this remote by: address and port, 6 or 18 bytes; or
     * another number of bytes that stand for this carrier alone, where the address is unknown or
     * many share it.
     */
    byte[] source();

    /**
     * Whether the remote is known to receive at that address, as one end of a connection is. A
     * datagram's address may be forged.
     */
    default boolean isProven() {
        return true;
    }

    /** For {@code show}. */
    CarrierInfo info();

    /** Closes the path; later datagrams are dropped. A second call does nothing. */
    void close();
}
