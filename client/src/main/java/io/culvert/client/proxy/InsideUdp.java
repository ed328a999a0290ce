package io.culvert.client.proxy;

/** A UDP socket inside the tunnel. Confined to the loop. */
public interface InsideUdp {
    /** Sends a datagram, or drops it where there is no room or no way. The bytes are copied. */
    void send(InsideAddress to, byte[] array, int offset, int length);

    /** Gives the port back. A second call does nothing. */
    void close();

    /** Told what comes; nothing after {@code close}. */
    interface Listener {
        /** A datagram came; the bytes are the callee's until it returns. */
        void onDatagram(InsideAddress from, byte[] array, int offset, int length);

        /** Nobody listens there, or there is no way; stacks that do not know never tell. */
        void onUnreachable(InsideAddress to);
    }
}
