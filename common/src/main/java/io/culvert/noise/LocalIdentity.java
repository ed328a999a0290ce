package io.culvert.noise;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.culvert.crypto.PrivateKey;
import io.culvert.crypto.PublicKey;
import java.security.SecureRandom;

/**
 * This end's static key pair with what is derived from it once. Immutable but for {@link #destroy};
 * {@link #agree} may be called by any thread at any time, the rest is confined to the engine.
 */
public final class LocalIdentity {
    private final PrivateKey privateKey;
    private final MacKeys macKeys;
    private final boolean isSet;

    /** Held for one agreement, so that the key is not zeroed beneath it. */
    private final Object use = new Object();

    @GuardedBy("use")
    private boolean destroyed;

    public LocalIdentity(PrivateKey privateKey) {
        this(privateKey, true);
    }

    private LocalIdentity(PrivateKey privateKey, boolean isSet) {
        this.privateKey = privateKey;
        this.macKeys = MacKeys.of(privateKey.publicKey());
        this.isSet = isSet;
    }

    /**
     * That of an interface that has no key yet: nobody can know it, and nobody is called with it.
     */
    public static LocalIdentity unset(SecureRandom random) {
        return new LocalIdentity(PrivateKey.generate(random), false);
    }

    /** Whether there is a key. */
    public boolean isSet() {
        return isSet;
    }

    /** What peers know this end by. */
    public PublicKey publicKey() {
        return privateKey.publicKey();
    }

    /** The keys of mac1 and of cookies on messages that come here. */
    MacKeys macKeys() {
        return macKeys;
    }

    /** For handshakes, and for the control socket, which must tell it. */
    public PrivateKey privateKey() {
        return privateKey;
    }

    /** X25519 with this key; false where it is destroyed, or the other is a point of low order. */
    boolean agree(PublicKey remote, byte[] out) {
        synchronized (use) {
            return !destroyed && privateKey.agree(remote, out);
        }
    }

    /** Zeroes the private key; waits for an agreement under way, which takes 0.1 ms. */
    public void destroy() {
        synchronized (use) {
            destroyed = true;
            privateKey.destroy();
        }
    }
}
