package io.culvert.crypto;

/**
 * The seam for the bulk cipher: ChaCha20-Poly1305 (RFC 8439 section 2.8) under one fixed key, no
 * additional data, the nonce being four zero bytes and a 64-bit little-endian counter.
 *
 * <p>Confined to one thread at a time in each direction: one may seal while another opens. Nobody
 * may seal or open while the owner calls {@link #destroy}, nor after it.
 */
public interface Aead {
    /** Length of the tag that {@link #seal} appends. */
    int TAG_LENGTH = 16;

    /** What {@link #open} answers for anything that this key and counter did not seal. */
    int REFUSED = -1;

    /**
     * Encrypts {@code length} bytes at {@code offset} in place and appends the tag, for which the
     * array has room. The caller never uses a counter twice.
     *
     * @return {@code length} + {@value #TAG_LENGTH}
     */
    int seal(long counter, byte[] array, int offset, int length);

    /**
     * Verifies {@code length} bytes at {@code offset}, of which the last {@value #TAG_LENGTH} are
     * the tag, and decrypts them in place. It never throws for what the bytes hold.
     *
     * @return the length of the plaintext, or {@link #REFUSED} with the array as it was
     */
    int open(long counter, byte[] array, int offset, int length);

    /** Wipes the key. Any later use is a bug and throws. */
    void destroy();
}
