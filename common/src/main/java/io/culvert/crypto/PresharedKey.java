package io.culvert.crypto;

import com.google.errorprone.annotations.RestrictedApi;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * The optional symmetric key that two peers mix into their handshake; all zero means none.
 * Thread-safe until {@link #destroy}, which its owner calls when nobody uses the key any more.
 */
public final class PresharedKey {
    /** Length in bytes. */
    public static final int LENGTH = KeyText.KEY_LENGTH;

    /** No preshared key: all zero, as the handshake mixes it in. */
    public static final PresharedKey NONE = new PresharedKey(new byte[LENGTH]);

    private final byte[] bytes;
    private final boolean isNone;
    private volatile boolean destroyed;

    private PresharedKey(byte[] bytes) {
        this.bytes = bytes;
        this.isNone = ConstantTime.isZero(bytes);
    }

    /** A fresh key. */
    public static PresharedKey generate(SecureRandom random) {
        byte[] bytes = new byte[LENGTH];
        random.nextBytes(bytes);
        return new PresharedKey(bytes);
    }

    /** The key of these {@value #LENGTH} bytes, which are copied. */
    public static PresharedKey ofBytes(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a preshared key has 32 bytes");
        }
        return new PresharedKey(bytes.clone());
    }

    /**
     * The key that {@code base64} spells.
     *
     * @throws IllegalArgumentException with one line that names the fault and not the text
     */
    public static PresharedKey parse(String base64) {
        return new PresharedKey(KeyText.fromBase64(base64, "preshared key"));
    }

    /** The key that {@code hex} spells, as the control socket writes it. */
    public static PresharedKey parseHex(String hex) {
        return new PresharedKey(KeyText.fromHex(hex, "preshared key"));
    }

    /** Whether this stands for no key at all. */
    public boolean isNone() {
        return isNone;
    }

    /** Copies the {@value #LENGTH} secret bytes to {@code offset}; the caller wipes them. */
    public void copyTo(byte[] target, int offset) {
        checkAlive();
        System.arraycopy(bytes, 0, target, offset, LENGTH);
    }

    /** As in files. Only what writes a configuration or prints a key on request may ask. */
    @RestrictedApi(
            explanation = "the secret itself: only files, the control socket and genpsk show it",
            allowedOnPath = KeySpelling.ALLOWED_PATHS)
    public String toBase64() {
        checkAlive();
        return KeyText.toBase64(bytes);
    }

    /** As on the control socket. */
    @RestrictedApi(
            explanation = "the secret itself: only files, the control socket and genpsk show it",
            allowedOnPath = KeySpelling.ALLOWED_PATHS)
    public String toHex() {
        checkAlive();
        return KeyText.toHex(bytes);
    }

    /** Wipes the secret; {@link #NONE}-like keys hold none. Any later use is a bug and throws. */
    public void destroy() {
        if (isNone) {
            return;
        }
        destroyed = true;
        Arrays.fill(bytes, (byte) 0);
    }

    private void checkAlive() {
        if (destroyed) {
            throw new IllegalStateException("preshared key used after destroy");
        }
    }

    @Override
    public String toString() {
        return isNone ? "PresharedKey(none)" : "PresharedKey(secret)";
    }
}
