package io.culvert.crypto;

import java.util.Arrays;

/**
 * HKDF (RFC 5869) over HMAC-BLAKE2s as Noise uses it: the chaining key is the salt and there is no
 * info. WireGuard calls it KDF1, KDF2 and KDF3. Thread-safe (stateless).
 */
public final class Hkdf {
    private static final int MOST_OUTPUTS = 3;

    private Hkdf() {}

    /**
     * Fills each of the one to three 32-byte outputs. An output may be the same array as {@code
     * chainingKey} or {@code input}.
     */
    public static void expand(byte[] chainingKey, byte[] input, byte[]... outputs) {
        if (outputs.length < 1 || outputs.length > MOST_OUTPUTS) {
            throw new IllegalArgumentException("one to three outputs, not " + outputs.length);
        }
        byte[] secret = Blake2s.hmac256(chainingKey, input);
        byte[] previous = new byte[0];
        for (int i = 0; i < outputs.length; i++) {
            byte[] next = Blake2s.hmac256(secret, previous, new byte[] {(byte) (i + 1)});
            System.arraycopy(next, 0, outputs[i], 0, Blake2s.HASH_LENGTH);
            Arrays.fill(previous, (byte) 0);
            previous = next;
        }
        Arrays.fill(previous, (byte) 0);
        Arrays.fill(secret, (byte) 0);
    }
}
