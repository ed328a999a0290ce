package io.culvert.noise;

import io.culvert.crypto.Blake2s;
import io.culvert.crypto.ChaChaPoly;
import io.culvert.crypto.Hkdf;
import io.culvert.crypto.PublicKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Chaining key and transcript hash of one handshake (paper §5.4.1). Confined to its handshake,
 * which destroys it.
 */
final class SymmetricState {
    private static final byte[] INITIAL_CHAINING_KEY =
            Blake2s.hash256(
                    "Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s".getBytes(StandardCharsets.US_ASCII));
    private static final byte[] INITIAL_HASH =
            hashOfPrologue(
                    "WireGuard v1 zx2c4 Jason@zx2c4.com".getBytes(StandardCharsets.US_ASCII));

    private final byte[] chainingKey;
    private byte[] hash;

    private SymmetricState(byte[] chainingKey, byte[] hash) {
        this.chainingKey = chainingKey;
        this.hash = hash;
    }

    /** The state in which a handshake towards this responder begins. */
    static SymmetricState towards(PublicKey responder) {
        SymmetricState state =
                new SymmetricState(INITIAL_CHAINING_KEY.clone(), INITIAL_HASH.clone());
        state.mixHash(responder.bytes());
        return state;
    }

    /** The same under a prologue other than WireGuard's: for the protocol's published vectors. */
    static SymmetricState towards(PublicKey responder, byte[] prologue) {
        SymmetricState state =
                new SymmetricState(INITIAL_CHAINING_KEY.clone(), hashOfPrologue(prologue));
        state.mixHash(responder.bytes());
        return state;
    }

    private static byte[] hashOfPrologue(byte[] prologue) {
        return Blake2s.hash256(INITIAL_CHAINING_KEY, prologue);
    }

    SymmetricState copy() {
        return new SymmetricState(chainingKey.clone(), hash.clone());
    }

    void mixHash(byte[] data) {
        hash = Blake2s.hash256(hash, data);
    }

    /** KDF1: the chaining key absorbs the input. */
    void mixKey(byte[] input) {
        Hkdf.expand(chainingKey, input, chainingKey);
    }

    /** KDF2: the chaining key absorbs the input and yields a key. */
    byte[] mixKeyAndDerive(byte[] input) {
        byte[] key = new byte[32];
        Hkdf.expand(chainingKey, input, chainingKey, key);
        return key;
    }

    /** KDF3 over the preshared key (the psk2 token): τ goes into the hash, the key is returned. */
    byte[] mixPresharedKey(byte[] psk) {
        byte[] tau = new byte[32];
        byte[] key = new byte[32];
        Hkdf.expand(chainingKey, psk, chainingKey, tau, key);
        mixHash(tau);
        Arrays.fill(tau, (byte) 0);
        return key;
    }

    /** Seals with nonce 0 and the hash as associated data; the ciphertext goes into the hash. */
    byte[] sealAndHash(byte[] key, byte[] plaintext) {
        byte[] sealed = ChaChaPoly.seal(key, 0, plaintext, hash);
        mixHash(sealed);
        Arrays.fill(key, (byte) 0);
        return sealed;
    }

    /** The reverse of {@link #sealAndHash}; null when the tag does not fit. */
    byte @Nullable [] openAndHash(byte[] key, byte[] sealed) {
        byte[] plaintext = ChaChaPoly.open(key, 0, sealed, hash);
        Arrays.fill(key, (byte) 0);
        if (plaintext != null) {
            mixHash(sealed);
        }
        return plaintext;
    }

    /** KDF2 over nothing: the two transport keys, the initiator's sending key first. */
    TransportKeys split(boolean initiator) {
        byte[] first = new byte[32];
        byte[] second = new byte[32];
        Hkdf.expand(chainingKey, new byte[0], first, second);
        return initiator ? new TransportKeys(first, second) : new TransportKeys(second, first);
    }

    void destroy() {
        Arrays.fill(chainingKey, (byte) 0);
        Arrays.fill(hash, (byte) 0);
    }
}
