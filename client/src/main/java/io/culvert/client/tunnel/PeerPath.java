package io.culvert.client.tunnel;

import io.culvert.carrier.CarrierInfo;
import io.culvert.client.dial.WebSocketDialer;
import org.jspecify.annotations.Nullable;

/** How a client reaches one peer. Confined to the loop. */
sealed interface PeerPath permits PeerPath.ByWebSocket, PeerPath.Awaited, StripedPath, UdpPath {
    void start();

    void stop();

    /** The peer did not answer a handshake for 90 s. May be called from within the engine. */
    void onGaveUp();

    /** This machine's links, addresses or routes have changed. */
    void onNetworkChange();

    /** Our own packets are to carry another firewall mark; UDP's socket is told by itself. */
    default void onMark(int fwMark) {}

    /** What is known while the peer was not heard; null when nothing. */
    @Nullable CarrierInfo info();

    /** By a WebSocket that is kept up. */
    record ByWebSocket(WebSocketDialer dialer) implements PeerPath {
        @Override
        public void start() {
            dialer.start();
        }

        @Override
        public void stop() {
            dialer.stop();
        }

        /** The dialer has its own idea of when to connect anew. */
        @Override
        public void onGaveUp() {}

        @Override
        public void onNetworkChange() {
            dialer.onNetworkChange();
        }

        @Override
        public void onMark(int fwMark) {
            dialer.mark(fwMark);
        }

        @Override
        public CarrierInfo info() {
            return dialer.info();
        }
    }

    /** It calls us. */
    record Awaited() implements PeerPath {
        @Override
        public void start() {}

        @Override
        public void stop() {}

        @Override
        public void onGaveUp() {}

        /** It will call again. */
        @Override
        public void onNetworkChange() {}

        @Override
        public @Nullable CarrierInfo info() {
            return null;
        }
    }
}
