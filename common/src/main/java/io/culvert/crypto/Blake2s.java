package io.culvert.crypto;

import java.util.Arrays;
import org.bouncycastle.crypto.digests.Blake2sDigest;

/** BLAKE2s (RFC 7693) in the four uses WireGuard makes of it. Thread-safe (stateless). */
public final class Blake2s {
    /** Length of a hash in bytes. */
    public static final int HASH_LENGTH = 32;

    /** Length of a MAC in bytes. */
    public static final int MAC_LENGTH = 16;

    /** Length of a block in bytes, which HMAC (RFC 2104) pads its key to. */
    private static final int BLOCK_LENGTH = 64;

    private static final byte INNER_PAD = 0x36;
    private static final byte OUTER_PAD = 0x5c;

    private Blake2s() {}

    /** The 32-byte hash of the parts, one after the other. */
    public static byte[] hash256(byte[]... parts) {
        byte[] out = new byte[HASH_LENGTH];
        hash(out, 0, parts);
        return out;
    }

    /** Puts the 32-byte hash of the parts at {@code outOffset}; {@code out} may be a part too. */
    public static void hash(byte[] out, int outOffset, byte[]... parts) {
        finish(new Blake2sDigest(), out, outOffset, parts);
    }

    /** The 16-byte keyed BLAKE2s (not an HMAC) of a range. */
    public static byte[] mac128(byte[] key, byte[] data, int offset, int length) {
        Blake2sDigest digest = new Blake2sDigest(key, MAC_LENGTH, null, null);
        digest.update(data, offset, length);
        byte[] out = new byte[MAC_LENGTH];
        digest.doFinal(out, 0);
        digest.clearKey();
        return out;
    }

    /** The 16-byte keyed BLAKE2s (not an HMAC) of the parts, one after the other. */
    public static byte[] mac128(byte[] key, byte[]... parts) {
        Blake2sDigest digest = new Blake2sDigest(key, MAC_LENGTH, null, null);
        byte[] out = new byte[MAC_LENGTH];
        finish(digest, out, 0, parts);
        digest.clearKey();
        return out;
    }

    /** HMAC (RFC 2104) over BLAKE2s with 32 bytes of output, of the parts. */
    public static byte[] hmac256(byte[] key, byte[]... parts) {
        byte[] pad = new byte[BLOCK_LENGTH];
        if (key.length > BLOCK_LENGTH) {
            hash(pad, 0, key);
        } else {
            System.arraycopy(key, 0, pad, 0, key.length);
        }
        xor(pad, INNER_PAD);
        Blake2sDigest digest = new Blake2sDigest();
        digest.update(pad, 0, BLOCK_LENGTH);
        byte[] inner = new byte[HASH_LENGTH];
        finish(digest, inner, 0, parts);

        xor(pad, (byte) (INNER_PAD ^ OUTER_PAD));
        byte[] out = hash256(pad, inner);
        Arrays.fill(pad, (byte) 0);
        Arrays.fill(inner, (byte) 0);
        return out;
    }

    private static void finish(Blake2sDigest digest, byte[] out, int outOffset, byte[]... parts) {
        for (byte[] part : parts) {
            digest.update(part, 0, part.length);
        }
        digest.doFinal(out, outOffset);
    }

    private static void xor(byte[] pad, byte value) {
        for (int i = 0; i < pad.length; i++) {
            pad[i] ^= value;
        }
    }
}
