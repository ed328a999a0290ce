package io.culvert.crypto;

import java.util.Arrays;
import javax.crypto.SecretKey;

/**
 * A symmetric key for the JCA that can be wiped, which {@code SecretKeySpec} cannot. Thread-safe
 * until {@link #destroy}.
 */
final class RawKey implements SecretKey {
    private static final long serialVersionUID = 1L;

    private final transient byte[] bytes;
    private transient volatile boolean destroyed;

    RawKey(byte[] bytes) {
        if (bytes.length != KeyText.KEY_LENGTH) {
            throw new IllegalArgumentException("a ChaCha20 key has 32 bytes");
        }
        this.bytes = bytes.clone();
    }

    @Override
    public String getAlgorithm() {
        return "ChaCha20";
    }

    @Override
    public String getFormat() {
        return "RAW";
    }

    /** A copy, which the cipher keeps and wipes when it gets the next one. */
    @Override
    public byte[] getEncoded() {
        return bytes.clone();
    }

    @Override
    public void destroy() {
        destroyed = true;
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public boolean isDestroyed() {
        return destroyed;
    }

    @Override
    public String toString() {
        return "RawKey(secret)";
    }
}
