package io.culvert.config;

import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PublicKey;
import io.culvert.ip.IpPrefix;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a tunnel file says about one peer. Immutable; {@code toString} shows no secret.
 *
 * @param allowedIps with the bits beyond their length cleared
 * @param endpoint null: the peer calls us, or is reached by WebSocket
 * @param persistentKeepaliveSeconds null: off
 * @param webSocket the gateway's ws or wss URL; null: plain UDP
 * @param pins trust these certificate keys only; empty: the trust store decides
 * @param caFile trust these authorities instead of the system's; null: the system's
 * @param proxy an http, https or socks5 URL, perhaps with a password; null: none is named here
 * @param tokenFile holds the bearer token; null: the knock is sent
 * @param connections how many WebSockets carry the tunnel at once
 */
public record PeerSection(
        PublicKey publicKey,
        @Nullable PresharedKey presharedKey,
        List<IpPrefix> allowedIps,
        @Nullable Endpoint endpoint,
        @Nullable Integer persistentKeepaliveSeconds,
        @Nullable URI webSocket,
        List<Pin> pins,
        @Nullable Path caFile,
        @Nullable URI proxy,
        @Nullable Path tokenFile,
        int connections) {
    /** Keeps copies. */
    public PeerSection {
        allowedIps = List.copyOf(allowedIps);
        pins = List.copyOf(pins);
    }

    /** A peer with a key and allowed IPs, that calls us. */
    public static PeerSection of(PublicKey publicKey, List<IpPrefix> allowedIps) {
        return new PeerSection(
                publicKey, null, allowedIps, null, null, null, List.of(), null, null, null, 1);
    }

    /** The same, reached there. */
    PeerSection withEndpoint(Endpoint now) {
        return new PeerSection(
                publicKey,
                presharedKey,
                allowedIps,
                now,
                persistentKeepaliveSeconds,
                webSocket,
                pins,
                caFile,
                proxy,
                tokenFile,
                connections);
    }

    @Override
    public String toString() {
        return "PeerSection("
                + publicKey
                + ", "
                + allowedIps
                + ", "
                + (webSocket == null ? String.valueOf(endpoint) : webSocket.getHost())
                + ")";
    }
}
