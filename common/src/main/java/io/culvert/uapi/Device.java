package io.culvert.uapi;

import io.culvert.tunnel.Peer;
import io.culvert.tunnel.Tunnel;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * An interface as the control socket sees it: its engine, and what of its outside may be read and
 * changed. All of it is called on the loop that owns the engine.
 *
 * @param <E> the engine's endpoints
 */
public interface Device<E> {
    /** The engine. */
    Tunnel<E> tunnel();

    /** The UDP port; 0 where none is open. */
    int listenPort();

    /**
     * Listens on another port, or on any that is free for 0; peers stay reachable.
     *
     * @throws UapiException when the port cannot be had; then nothing has changed
     */
    void listenPort(int port) throws UapiException;

    /** What policy routing knows our own packets by; 0 for nothing. */
    int fwmark();

    /**
     * Sets that mark.
     *
     * @throws UapiException without the right to
     */
    void fwmark(int mark) throws UapiException;

    /**
     * Says where a peer is reached by UDP. A peer whose configuration names a WebSocket stays with
     * it: tools know addresses only, and give back the one that they were told.
     */
    void connect(Peer<E> peer, InetSocketAddress remote) throws UapiException;

    /** Where a peer is reached, as a resolved {@code ip:port}; null when nowhere. */
    @Nullable String endpoint(Peer<E> peer);

    /** The URL that a peer is reached by; null for UDP. */
    @Nullable String url(Peer<E> peer);

    /** A peer was added, perhaps anew; its configuration may name a way to it. */
    void added(Peer<E> peer);

    /** Removes a peer with all that waits for it. */
    void remove(Peer<E> peer);

    /** After changes: lets the engine's effects out. */
    void settle();
}
