package io.culvert.noise;

import io.culvert.crypto.PrivateKey;
import io.culvert.crypto.PublicKey;

/**
 * This end's static key pair with what is derived from it once. Immutable but for {@link #destroy}.
 */
public final class LocalIdentity {
    private final PrivateKey privateKey;
    private final MacKeys macKeys;

    public LocalIdentity(PrivateKey privateKey) {
        this.privateKey = privateKey;
        this.macKeys = MacKeys.of(privateKey.publicKey());
    }

    /** What peers know this end by. */
    public PublicKey publicKey() {
        return privateKey.publicKey();
    }

    /** The keys of mac1 and of cookies on messages that come here. */
    MacKeys macKeys() {
        return macKeys;
    }

    PrivateKey privateKey() {
        return privateKey;
    }

    /** Zeroes the private key. */
    public void destroy() {
        privateKey.destroy();
    }
}
