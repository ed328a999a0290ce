package io.culvert.carrier;

/**
 * Where outgoing datagrams are built in place and gathered, frame by frame, for one write. Confined
 * to the carrier.
 */
sealed interface Outbox permits CapsuleOutbox, BareOutbox {
    /** The array that the datagram begun last stands in. */
    byte[] array();

    /** Makes room for one datagram, after a flush if it does not fit behind those gathered. */
    int reserve(int maxLength);

    /** Ends the datagram begun by reserve; 0 forgets it. */
    void commit(int length);

    /** Writes out what was gathered, if anything. */
    void flush();

    /** Now and then: gives back the room for long datagrams where none came for a while. */
    void trim();

    /** Takes the frames. */
    @FunctionalInterface
    interface Writer {
        /** Writes bytes that are borrowed until return. */
        void write(byte[] array, int offset, int length);
    }
}
