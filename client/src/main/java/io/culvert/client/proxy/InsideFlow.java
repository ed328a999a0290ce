package io.culvert.client.proxy;

/**
 * One TCP connection inside the tunnel. Its calls only copy bytes: nothing blocks, nothing throws
 * for what the peer does. Confined to the loop.
 *
 * <p>After the end, {@code write} and {@code read} give 0, except that bytes which came before an
 * end of {@link FlowEnd#FINISHED} stay readable until {@link #close}.
 */
public interface InsideFlow {
    /** The other end's address. */
    InsideAddress remote();

    /**
     * Copies as many bytes as there is room for into the send buffer.
     *
     * @return how many; when fewer than given, {@code onWritable} follows
     */
    int write(byte[] array, int offset, int length);

    /** How many bytes {@link #write} would take now; after 0, {@code onWritable} follows. */
    int writable();

    /** How many bytes {@link #read} has. */
    int available();

    /**
     * Copies bytes that came, and gives their room back to the peer.
     *
     * @return how many; 0 when there are none now
     */
    int read(byte[] array, int offset, int length);

    /** Ends our direction when what was written has been sent (FIN). */
    void shutdownOutput();

    /** Lets go of the flow as a socket's close does: what was written is still sent. */
    void close();

    /** Lets go of the flow at once (RST). */
    void abort();

    /** Told what happens to a flow; nothing after {@code onClosed}, {@code close} or abort. */
    interface Listener {
        /** The connection stands. */
        void onConnected();

        /** There is something to read that was not there before. */
        void onReadable();

        /** There is room to write again. */
        void onWritable();

        /** The peer sends no more (FIN); what came before may still wait to be read. */
        void onRemoteEnd();

        /** The connection is over. */
        void onClosed(FlowEnd end);
    }
}
