package io.culvert.tunnel;

import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PublicKey;
import io.culvert.ip.IpPrefix;
import java.util.List;

/**
 * What is configured for a peer. Immutable.
 *
 * @param allowedIps whose packets go to this peer, and may come from it
 * @param persistentKeepaliveSeconds 0 for off, at most 65,535
 */
public record PeerConfig(
        PublicKey publicKey,
        PresharedKey presharedKey,
        List<IpPrefix> allowedIps,
        int persistentKeepaliveSeconds) {
    public PeerConfig {
        allowedIps = List.copyOf(allowedIps);
        if (persistentKeepaliveSeconds < 0 || persistentKeepaliveSeconds > 65_535) {
            throw new IllegalArgumentException(
                    "persistent keepalive of " + persistentKeepaliveSeconds + " s: use 0 to 65535");
        }
    }
}
