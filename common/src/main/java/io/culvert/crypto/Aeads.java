package io.culvert.crypto;

/** The choice of the bulk cipher's provider. Thread-safe (stateless). */
public final class Aeads {
    private Aeads() {}

    /** ChaCha20-Poly1305 under a copy of these 32 bytes. */
    public static Aead chacha20Poly1305(byte[] key) {
        return new JcaAead(key);
    }
}
