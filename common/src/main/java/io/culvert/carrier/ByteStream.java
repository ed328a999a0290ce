package io.culvert.carrier;

/**
 * The port to a byte stream (TLS over TCP, or TCP alone) that frames are written to. Implemented by
 * the adapters for Jetty and Netty. Confined to the loop.
 */
public interface ByteStream {
    /**
     * Whether more may be written. When it turns true the adapter calls {@link
     * WebSocketCarrier#onWritable()}.
     */
    boolean isWritable();

    /**
     * Writes the bytes. The array is borrowed until return: what the socket did not take at once
     * the adapter keeps a copy of. Never blocks, never throws for a lost connection.
     */
    void write(byte[] array, int offset, int length);

    /** The congestion control of its TCP connection; empty where it has none, or is not known. */
    default String congestionControl() {
        return "";
    }

    /**
     * Closes the stream after what was written, but waits for a dead connection only briefly; the
     * adapter then tells the carrier.
     */
    void close();
}
