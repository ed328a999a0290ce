package io.culvert.noise;

import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PublicKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A peer's static public key with what is precomputed for it: static-static secret, mac keys, the
 * preshared key. Confined to the engine.
 */
public final class RemoteIdentity {
    private final PublicKey publicKey;
    private final MacKeys macKeys;
    private final byte[] staticStatic = new byte[32];

    /**
     * What the static-static secret is still to be made of: 0.1 ms, which ten thousand peers that
     * come at once would cost the loop at once. Null when it was made, or is not wanted any more.
     */
    private @Nullable LocalIdentity local;

    private boolean usable;

    /** A copy of our own: the configuration that it came from outlives this identity. */
    private PresharedKey presharedKey;

    public RemoteIdentity(LocalIdentity local, PublicKey publicKey, PresharedKey presharedKey) {
        this.publicKey = publicKey;
        this.presharedKey = copyOf(presharedKey);
        this.macKeys = MacKeys.of(publicKey);
        this.local = local.isSet() ? local : null;
    }

    /** The same peer, as another key of ours meets it. */
    public RemoteIdentity withLocal(LocalIdentity local) {
        return new RemoteIdentity(local, publicKey, presharedKey);
    }

    public PublicKey publicKey() {
        return publicKey;
    }

    /** False for a low-order public key, or without a key of ours: no handshake is ever made. */
    public boolean isUsable() {
        LocalIdentity first = local;
        if (first != null) {
            local = null;
            usable = first.privateKey().agree(publicKey, staticStatic);
        }
        return usable;
    }

    /** Replaces the preshared key; the next handshake uses it. */
    public void presharedKey(PresharedKey key) {
        PresharedKey copy = copyOf(key);
        presharedKey.destroy();
        presharedKey = copy;
    }

    private static PresharedKey copyOf(PresharedKey key) {
        byte[] bytes = new byte[PresharedKey.LENGTH];
        key.copyTo(bytes, 0);
        PresharedKey copy = PresharedKey.ofBytes(bytes);
        Arrays.fill(bytes, (byte) 0);
        return copy;
    }

    /** For handshakes, and for the control socket, which must tell it; borrowed. */
    public PresharedKey presharedKey() {
        return presharedKey;
    }

    MacKeys macKeys() {
        return macKeys;
    }

    /** DH(own static, peer's static) of a usable one; borrowed. */
    byte[] staticStatic() {
        return staticStatic;
    }

    /** Zeroes what is secret. */
    public void destroy() {
        local = null;
        Arrays.fill(staticStatic, (byte) 0);
        presharedKey.destroy();
    }
}
