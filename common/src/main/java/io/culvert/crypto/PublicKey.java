package io.culvert.crypto;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An X25519 public key: who a peer is. Immutable. */
public final class PublicKey {
    /** Length in bytes. */
    public static final int LENGTH = KeyText.KEY_LENGTH;

    private static final int SHORT_NAME_LENGTH = 8;

    private final byte[] bytes;

    private PublicKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The key in the {@value #LENGTH} bytes at {@code offset}, which are copied. */
    public static PublicKey ofBytes(byte[] array, int offset) {
        if (offset < 0 || array.length - offset < LENGTH) {
            throw new IllegalArgumentException("a public key has 32 bytes");
        }
        return new PublicKey(Arrays.copyOfRange(array, offset, offset + LENGTH));
    }

    /**
     * The key that {@code base64} spells.
     *
     * @throws IllegalArgumentException with one line that names the fault
     */
    public static PublicKey parse(String base64) {
        return new PublicKey(KeyText.fromBase64(base64, "public key"));
    }

    /** The key that {@code hex} spells, as the control socket writes it. */
    public static PublicKey parseHex(String hex) {
        return new PublicKey(KeyText.fromHex(hex, "public key"));
    }

    /** As in files and in {@code wg show}. */
    public String toBase64() {
        return KeyText.toBase64(bytes);
    }

    /** As on the control socket. */
    public String toHex() {
        return KeyText.toHex(bytes);
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Copies the {@value #LENGTH} bytes to {@code offset}. */
    public void copyTo(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, LENGTH);
    }

    /** The bytes themselves, for this package only: nobody writes to them. */
    byte[] viewBytes() {
        return bytes;
    }

    /** The first characters of the base64 spelling: how logs name a peer. */
    public String shortName() {
        return toBase64().substring(0, SHORT_NAME_LENGTH);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PublicKey that
                && ConstantTime.equals(bytes, 0, that.bytes, 0, LENGTH);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return shortName();
    }
}
