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

    /** From now on at most so much is gathered in one frame; one datagram may be longer. */
    default void gather(int bytes) {}

    /**
     * Asks the other side to answer when it has read what was gathered before: with capsules only.
     */
    default void ping(long sequence) {
        throw new IllegalStateException("bare mode has no PING capsule");
    }

    /** Writes out what was gathered, if anything. */
    void flush();

    /** The same after a ping of that sequence, unless it is 0. */
    default void flush(long sequence) {
        if (sequence != 0) {
            ping(sequence);
        }
        flush();
    }

    /** Now and then: gives back the room for long datagrams where none came for a while. */
    void trim();

    /** Takes the frames. */
    @FunctionalInterface
    interface Writer {
        /** Writes bytes that are borrowed until return. */
        void write(byte[] array, int offset, int length);
    }
}
