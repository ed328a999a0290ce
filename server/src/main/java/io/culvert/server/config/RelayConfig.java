package io.culvert.server.config;

import io.culvert.crypto.PublicKey;
import io.culvert.server.config.GatewayConfig.DoorKind;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A path whose WebSockets carry somebody else's datagrams to one UDP address. Immutable.
 *
 * @param path where they open
 * @param to where the datagrams go
 * @param door what a WebSocket's request must bring
 * @param tokens the file of tokens; null unless the door wants tokens
 * @param publicKey what a knock proves to know; null for the tunnel's own
 * @param anyDatagram whether other datagrams than WireGuard's pass too
 */
public record RelayConfig(
        String path,
        Target to,
        DoorKind door,
        @Nullable Path tokens,
        @Nullable PublicKey publicKey,
        boolean anyDatagram) {
    /**
     * A UDP address whose host may be a name. Immutable.
     *
     * @param host without brackets
     */
    public record Target(String host, int port) {
        @Override
        public String toString() {
            return "udp://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        }
    }
}
