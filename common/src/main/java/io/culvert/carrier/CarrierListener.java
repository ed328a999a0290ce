package io.culvert.carrier;

/** What a carrier tells its owner, always on the loop that owns both. */
public interface CarrierListener {
    /** The carrier is up; told once, before anything else. */
    void onOpen(Carrier carrier);

    /**
     * A datagram came. It stands at {@code array[offset, offset + length)}, which the callee may
     * overwrite (it decrypts in place) and which is the carrier's again on return.
     */
    void onDatagram(Carrier from, byte[] array, int offset, int length);

    /**
     * The same, told instead where the datagram had an IP header of its own, as by UDP.
     *
     * @param trafficClass DSCP and ECN of that header, 0 to 255
     */
    default void onDatagram(Carrier from, byte[] array, int offset, int length, int trafficClass) {
        onDatagram(from, array, offset, length);
    }

    /** No more datagrams of this read: time to write out what was gathered. */
    void onReadEnd(Carrier from);

    /** The carrier takes datagrams again, or for the first time. */
    void onWritable(Carrier carrier);

    /** The other side introduced itself; told once, before its first datagram (culvert.1 only). */
    void onHello(Carrier from, Hello hello);

    /** The other side asks to reconnect in {@code afterMs} milliseconds: it is going away. */
    void onDrain(Carrier from, long afterMs);

    /** The carrier is closed and will tell nothing more. */
    void onClosed(Carrier carrier);
}
