package io.culvert.client.tunnel;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierInfo;
import io.culvert.client.dial.WebSocketDialer;
import io.culvert.pump.Pump;
import io.culvert.tunnel.Peer;
import org.jspecify.annotations.Nullable;

/** How a client reaches one peer. Confined to the loop. */
sealed interface PeerPath {
    void start();

    void stop();

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

        @Override
        public CarrierInfo info() {
            return dialer.info();
        }
    }

    /** By UDP to an address. */
    record ByUdp(Pump pump, Peer<Carrier> peer, Carrier carrier) implements PeerPath {
        @Override
        public void start() {
            pump.connect(peer, carrier);
            pump.renewKeys(peer);
        }

        @Override
        public void stop() {}

        @Override
        public CarrierInfo info() {
            return carrier.info();
        }
    }

    /** It calls us. */
    record Awaited() implements PeerPath {
        @Override
        public void start() {}

        @Override
        public void stop() {}

        @Override
        public @Nullable CarrierInfo info() {
            return null;
        }
    }
}
