package io.culvert.server.exit;

import io.culvert.crypto.PublicKey;
import io.culvert.ip.IpAddress;
import org.jspecify.annotations.Nullable;

/** Who may send from an address. Called on the loop. */
@FunctionalInterface
public interface PeerFinder {
    /** The one peer whose address it is; null when it is nobody's. */
    @Nullable PublicKey ownerOf(IpAddress address);
}
