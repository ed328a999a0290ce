package io.culvert.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;

/**
 * The bulk cipher done by the JDK, whose intrinsics are the fastest Java can reach without native
 * code. Heap arrays and a single {@code doFinal}, because that is the path on which the JDK copies
 * nothing: it verifies first and only then decrypts, in place. Confined as {@link Aead} says.
 */
final class JcaAead implements Aead {
    private final RawKey key;
    private final Cipher sealing = ChaChaPoly.newCipher();
    private final Cipher opening = ChaChaPoly.newCipher();
    private volatile boolean destroyed;

    JcaAead(byte[] key) {
        this.key = new RawKey(key);
    }

    @Override
    public int seal(long counter, byte[] array, int offset, int length) {
        checkAlive();
        try {
            sealing.init(Cipher.ENCRYPT_MODE, key, nonce(counter));
            return sealing.doFinal(array, offset, length, array, offset);
        } catch (GeneralSecurityException e) {
            // A counter used twice or an array without room: the caller's fault, never the wire's.
            throw new IllegalStateException("cannot seal " + length + " bytes at " + offset, e);
        }
    }

    @Override
    public int open(long counter, byte[] array, int offset, int length) {
        checkAlive();
        if (length < TAG_LENGTH) {
            return REFUSED;
        }
        try {
            opening.init(Cipher.DECRYPT_MODE, key, nonce(counter));
            return opening.doFinal(array, offset, length, array, offset);
        } catch (AEADBadTagException refused) {
            return REFUSED;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot open " + length + " bytes at " + offset, e);
        }
    }

    @Override
    public void destroy() {
        if (destroyed) {
            return;
        }
        destroyed = true;
        key.destroy();
        try {
            // A cipher wipes the key it holds when it gets the next one: here the wiped one. Only
            // for decryption does it take any key and nonce without asking whether they are new.
            sealing.init(Cipher.DECRYPT_MODE, key, nonce(0));
            opening.init(Cipher.DECRYPT_MODE, key, nonce(0));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static IvParameterSpec nonce(long counter) {
        return new IvParameterSpec(ChaChaPoly.nonce(counter));
    }

    private void checkAlive() {
        if (destroyed) {
            throw new IllegalStateException("transport key used after destroy");
        }
    }

    @Override
    public String toString() {
        return "JcaAead(secret)";
    }
}
