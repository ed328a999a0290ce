package io.culvert.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03): a nonce long enough to be random, for cookies.
 * HChaCha20 makes a key from the first 16 bytes of the nonce, ChaCha20-Poly1305 does the rest.
 * Thread-safe (stateless).
 */
public final class XChaCha20Poly1305 {
    /** Length of a nonce in bytes. */
    public static final int NONCE_LENGTH = 24;

    /** Length of the tag that a sealed message ends in. */
    public static final int TAG_LENGTH = ChaChaPoly.TAG_LENGTH;

    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int HNONCE_LENGTH = 16;
    private static final int DOUBLE_ROUNDS = 10;

    private XChaCha20Poly1305() {}

    /** The text encrypted, with its tag behind it. */
    public static byte[] seal(byte[] key, byte[] nonce, byte[] text, byte[] aad) {
        byte[] subkey = hChaCha20(key, checked(nonce));
        try {
            return ChaChaPoly.seal(subkey, restOf(nonce), text, aad);
        } finally {
            Arrays.fill(subkey, (byte) 0);
        }
    }

    /** The text, or null when this key, nonce and additional data did not seal it. */
    public static byte @Nullable [] open(byte[] key, byte[] nonce, byte[] sealed, byte[] aad) {
        byte[] subkey = hChaCha20(key, checked(nonce));
        try {
            return ChaChaPoly.open(subkey, restOf(nonce), sealed, aad);
        } finally {
            Arrays.fill(subkey, (byte) 0);
        }
    }

    /** Section 2.2: the ChaCha20 block without the final addition, rows 0 and 3 of it. */
    static byte[] hChaCha20(byte[] key, byte[] nonce) {
        int[] state = new int[16];
        state[0] = 0x61707865;
        state[1] = 0x3320646e;
        state[2] = 0x79622d32;
        state[3] = 0x6b206574;
        for (int i = 0; i < 8; i++) {
            state[4 + i] = (int) INT.get(key, 4 * i);
        }
        for (int i = 0; i < 4; i++) {
            state[12 + i] = (int) INT.get(nonce, 4 * i);
        }
        for (int i = 0; i < DOUBLE_ROUNDS; i++) {
            quarterRound(state, 0, 4, 8, 12);
            quarterRound(state, 1, 5, 9, 13);
            quarterRound(state, 2, 6, 10, 14);
            quarterRound(state, 3, 7, 11, 15);
            quarterRound(state, 0, 5, 10, 15);
            quarterRound(state, 1, 6, 11, 12);
            quarterRound(state, 2, 7, 8, 13);
            quarterRound(state, 3, 4, 9, 14);
        }
        byte[] subkey = new byte[KeyText.KEY_LENGTH];
        for (int i = 0; i < 4; i++) {
            INT.set(subkey, 4 * i, state[i]);
            INT.set(subkey, HNONCE_LENGTH + 4 * i, state[12 + i]);
        }
        Arrays.fill(state, 0);
        return subkey;
    }

    private static void quarterRound(int[] state, int a, int b, int c, int d) {
        state[a] += state[b];
        state[d] = Integer.rotateLeft(state[d] ^ state[a], 16);
        state[c] += state[d];
        state[b] = Integer.rotateLeft(state[b] ^ state[c], 12);
        state[a] += state[b];
        state[d] = Integer.rotateLeft(state[d] ^ state[a], 8);
        state[c] += state[d];
        state[b] = Integer.rotateLeft(state[b] ^ state[c], 7);
    }

    private static byte[] checked(byte[] nonce) {
        if (nonce.length != NONCE_LENGTH) {
            throw new IllegalArgumentException("an XChaCha20 nonce has 24 bytes");
        }
        return nonce;
    }

    /** Section 2.3: four zero bytes, then the last eight of the nonce. */
    private static byte[] restOf(byte[] nonce) {
        byte[] rest = new byte[ChaChaPoly.NONCE_LENGTH];
        System.arraycopy(nonce, HNONCE_LENGTH, rest, 4, NONCE_LENGTH - HNONCE_LENGTH);
        return rest;
    }
}
