package io.culvert.crypto;

import com.google.errorprone.annotations.RestrictedApi;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.math.ec.rfc7748.X25519;

/**
 * An X25519 secret, clamped when it is made (RFC 7748 section 5). Thread-safe until {@link
 * #destroy}, which its owner calls when nobody uses the key any more.
 */
public final class PrivateKey {
    /** Length in bytes. */
    public static final int LENGTH = KeyText.KEY_LENGTH;

    /** RFC 7748 section 4.1: u = 9. */
    private static final byte[] BASE_POINT = new byte[LENGTH];

    static {
        BASE_POINT[0] = 9;
    }

    private final byte[] scalar;
    private final PublicKey publicKey;
    private volatile boolean destroyed;

    private PrivateKey(byte[] scalar) {
        scalar[0] &= (byte) 0b1111_1000;
        scalar[LENGTH - 1] &= (byte) 0b0111_1111;
        scalar[LENGTH - 1] |= (byte) 0b0100_0000;
        this.scalar = scalar;
        byte[] point = new byte[LENGTH];
        // Not scalarMultBase: its tables take 0.4 s to compute, once, in the first second of a run.
        X25519.scalarMult(scalar, 0, BASE_POINT, 0, point, 0);
        this.publicKey = PublicKey.ofBytes(point, 0);
    }

    /** A fresh key. */
    public static PrivateKey generate(SecureRandom random) {
        byte[] bytes = new byte[LENGTH];
        random.nextBytes(bytes);
        return new PrivateKey(bytes);
    }

    /** The key of these {@value #LENGTH} bytes, which are copied. */
    public static PrivateKey ofBytes(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a private key has 32 bytes");
        }
        return new PrivateKey(bytes.clone());
    }

    /**
     * The key that {@code base64} spells.
     *
     * @throws IllegalArgumentException with one line that names the fault and not the text
     */
    public static PrivateKey parse(String base64) {
        return new PrivateKey(KeyText.fromBase64(base64, "private key"));
    }

    /** The key that {@code hex} spells, as the control socket writes it. */
    public static PrivateKey parseHex(String hex) {
        return new PrivateKey(KeyText.fromHex(hex, "private key"));
    }

    /** The public half. */
    public PublicKey publicKey() {
        return publicKey;
    }

    /**
     * X25519 of this key and {@code remote} into the 32 bytes {@code out}.
     *
     * @return false, with {@code out} all zero, when {@code remote} is a point of low order (RFC
     *     7748 section 6.1): the handshake ends there
     */
    public boolean agree(PublicKey remote, byte[] out) {
        checkAlive();
        return X25519.calculateAgreement(scalar, 0, remote.viewBytes(), 0, out, 0);
    }

    /** As in files. Only what writes a configuration or prints a key on request may ask. */
    @RestrictedApi(
            explanation = "the secret itself: only files, the control socket and genkey show it",
            allowedOnPath = KeySpelling.ALLOWED_PATHS)
    public String toBase64() {
        checkAlive();
        return KeyText.toBase64(scalar);
    }

    /** As on the control socket. */
    @RestrictedApi(
            explanation = "the secret itself: only files, the control socket and genkey show it",
            allowedOnPath = KeySpelling.ALLOWED_PATHS)
    public String toHex() {
        checkAlive();
        return KeyText.toHex(scalar);
    }

    /** Wipes the secret. Any later use is a bug and throws. */
    public void destroy() {
        destroyed = true;
        Arrays.fill(scalar, (byte) 0);
    }

    private void checkAlive() {
        if (destroyed) {
            throw new IllegalStateException("private key used after destroy");
        }
    }

    @Override
    public String toString() {
        return "PrivateKey(secret)";
    }
}
