package io.culvert.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * ChaCha20-Poly1305 (RFC 8439 section 2.8) for the handshake: one message at a time, with
 * additional data, allocating. Thread-safe (stateless).
 */
public final class ChaChaPoly {
    /** Length of the tag that a sealed message ends in. */
    public static final int TAG_LENGTH = 16;

    static final int NONCE_LENGTH = 12;

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private ChaChaPoly() {}

    /** The plaintext encrypted, with its tag behind it. */
    public static byte[] seal(byte[] key, long counter, byte[] plaintext, byte[] aad) {
        return seal(key, nonce(counter), plaintext, aad);
    }

    /** The plaintext, or null when this key, counter and additional data did not seal it. */
    public static byte @Nullable [] open(byte[] key, long counter, byte[] sealed, byte[] aad) {
        return open(key, nonce(counter), sealed, aad);
    }

    static byte[] seal(byte[] key, byte[] nonce, byte[] plaintext, byte[] aad) {
        try {
            return run(Cipher.ENCRYPT_MODE, key, nonce, plaintext, aad);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte @Nullable [] open(byte[] key, byte[] nonce, byte[] sealed, byte[] aad) {
        if (sealed.length < TAG_LENGTH) {
            return null;
        }
        try {
            return run(Cipher.DECRYPT_MODE, key, nonce, sealed, aad);
        } catch (AEADBadTagException refused) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A cipher of the one provider whose in-place behaviour the tests have seen. */
    static Cipher newCipher() {
        try {
            return Cipher.getInstance("ChaCha20-Poly1305", "SunJCE");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no ChaCha20-Poly1305", e);
        }
    }

    /** Four zero bytes, then the counter: RFC 8439 section 2.3 with WireGuard's 64 bits. */
    static byte[] nonce(long counter) {
        byte[] nonce = new byte[NONCE_LENGTH];
        LONG.set(nonce, NONCE_LENGTH - Long.BYTES, counter);
        return nonce;
    }

    private static byte[] run(int mode, byte[] key, byte[] nonce, byte[] text, byte[] aad)
            throws GeneralSecurityException {
        RawKey raw = new RawKey(key);
        try {
            Cipher cipher = newCipher();
            cipher.init(mode, raw, new IvParameterSpec(nonce));
            cipher.updateAAD(aad);
            return cipher.doFinal(text);
        } finally {
            raw.destroy();
        }
    }
}
