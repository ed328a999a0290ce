package io.culvert.control;

import io.culvert.config.PeerSection;
import io.culvert.crypto.PresharedKey;
import io.culvert.tunnel.PeerConfig;

/** What a tunnel file says about a peer, as the engine wants it. Stateless, thread-safe. */
public final class PeerConfigs {
    private PeerConfigs() {}

    /** The peer of one section; what the file leaves out is off. */
    public static PeerConfig of(PeerSection section) {
        PresharedKey psk = section.presharedKey();
        Integer keepalive = section.persistentKeepaliveSeconds();
        return new PeerConfig(
                section.publicKey(),
                psk == null ? PresharedKey.NONE : psk,
                section.allowedIps(),
                keepalive == null ? 0 : keepalive);
    }
}
