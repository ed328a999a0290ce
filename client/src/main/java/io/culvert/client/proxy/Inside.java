package io.culvert.client.proxy;

import io.culvert.ip.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * The port to the inside of the tunnel: a TCP/IP stack that opens flows from the tunnel's own
 * addresses. Called on the loop only; calls back on the loop only, and never from within a call of
 * this port or of what it opened.
 */
public interface Inside {
    /**
     * Begins a TCP connection. What becomes of it is told to the listener: {@code onConnected}, or
     * {@code onClosed} with the reason, also where nothing could be sent.
     */
    InsideFlow connect(InsideAddress remote, InsideFlow.Listener listener);

    /**
     * A UDP socket with a port that cannot be guessed, for any remote.
     *
     * @return null when the stack has no room for another
     */
    @Nullable InsideUdp openUdp(InsideUdp.Listener listener);

    /**
     * A UDP socket with this port, for any remote.
     *
     * @param at one of the tunnel's addresses; null: all of them
     * @return null when the port is taken, the address is not the tunnel's, or there is no room
     */
    @Nullable InsideUdp bindUdp(@Nullable IpAddress at, int port, InsideUdp.Listener listener);

    /**
     * Accepts TCP connections to this port.
     *
     * @param at one of the tunnel's addresses; null: all of them
     * @return ends the accepting; flows that it gave live on. Null when the port is taken or the
     *     address is not the tunnel's
     */
    @Nullable Listening listen(@Nullable IpAddress at, int port, Acceptor acceptor);

    /** A port that accepts connections. */
    @FunctionalInterface
    interface Listening {
        /** Accepts no more. A second call does nothing. */
        void close();
    }

    /** Takes connections that came from inside. */
    @FunctionalInterface
    interface Acceptor {
        /**
         * A connection stands; it is the callee's now, who may also abort it.
         *
         * @return who is told what happens to it
         */
        InsideFlow.Listener onAccepted(InsideFlow flow);
    }
}
