package io.culvert.noise;

import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PublicKey;
import java.util.Arrays;

/**
 * A peer's static public key with what is precomputed for it: static-static secret, mac keys, the
 * preshared key. Confined to the engine.
 */
public final class RemoteIdentity {
    private final PublicKey publicKey;
    private final MacKeys macKeys;
    private final byte[] staticStatic = new byte[32];
    private final boolean usable;

    /** A copy of our own: the configuration that it came from outlives this identity. */
    private PresharedKey presharedKey;

    public RemoteIdentity(LocalIdentity local, PublicKey publicKey, PresharedKey presharedKey) {
        this.publicKey = publicKey;
        this.presharedKey = copyOf(presharedKey);
        this.macKeys = MacKeys.of(publicKey);
        this.usable = local.isSet() && local.privateKey().agree(publicKey, staticStatic);
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

    /** DH(own static, peer's static); borrowed. */
    byte[] staticStatic() {
        return staticStatic;
    }

    /** Zeroes what is secret. */
    public void destroy() {
        Arrays.fill(staticStatic, (byte) 0);
        presharedKey.destroy();
    }
}
