package io.culvert.door;

import io.culvert.bytes.BigEndian;
import io.culvert.crypto.Blake2s;
import io.culvert.crypto.ConstantTime;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The bearer token that whoever knows the gateway's public key can make, good for a day around the
 * time it names. Thread-safe (stateless).
 *
 * <pre>
 * token = base64url(time ‖ mac)             32 characters
 * time  = Unix time in seconds              8 bytes, big-endian
 * mac   = BLAKE2s-128(key, time)            16 bytes
 * key   = BLAKE2s-256("culvert door 1" ‖ gateway's public key)
 * </pre>
 *
 * <p>What mac1 is to a handshake (WireGuard paper, §5.4.4) this is to an upgrade: no proof of who
 * knocks, but nothing that a scanner can make.
 */
public final class Knock {
    /** How far the token's time and the gateway's may be apart. */
    public static final long TOLERANCE_SECONDS = 24 * 3600;

    private static final byte[] LABEL = "culvert door 1".getBytes(StandardCharsets.US_ASCII);
    private static final int KEY_LENGTH = 32;
    private static final int TIME_LENGTH = Long.BYTES;
    private static final int MAC_LENGTH = 16;
    private static final int TOKEN_LENGTH = (TIME_LENGTH + MAC_LENGTH) / 3 * 4;
    private static final long LATEST_SECONDS = 1L << 48; // beyond, sums could overflow

    private Knock() {}

    /** A token for the gateway with that public key, made at that time. */
    public static String make(byte[] gatewayPublicKey, long unixSeconds) {
        byte[] token = new byte[TIME_LENGTH + MAC_LENGTH];
        BigEndian.putLong(token, 0, unixSeconds);
        System.arraycopy(mac(gatewayPublicKey, token), 0, token, TIME_LENGTH, MAC_LENGTH);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    /** Whether the token was made for the gateway with that public key, and about now. */
    public static boolean verify(String token, byte[] gatewayPublicKey, long nowUnixSeconds) {
        if (token.length() != TOKEN_LENGTH) {
            return false;
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException ignored) { // not base64url: that is the answer
            return false;
        }
        if (bytes.length != TIME_LENGTH + MAC_LENGTH) {
            return false; // padding within the 32 characters
        }
        byte[] expected = mac(gatewayPublicKey, bytes);
        boolean genuine = ConstantTime.equals(expected, 0, bytes, TIME_LENGTH, MAC_LENGTH);
        return genuine && isAbout(BigEndian.getLong(bytes, 0), nowUnixSeconds);
    }

    private static boolean isAbout(long seconds, long nowSeconds) {
        return seconds >= 0
                && seconds <= LATEST_SECONDS
                && Math.abs(seconds - nowSeconds) <= TOLERANCE_SECONDS;
    }

    private static byte[] mac(byte[] gatewayPublicKey, byte[] token) {
        if (gatewayPublicKey.length != KEY_LENGTH) {
            throw new IllegalArgumentException(
                    "a public key has 32 bytes, not " + gatewayPublicKey.length);
        }
        byte[] key = Blake2s.hash256(LABEL, gatewayPublicKey);
        return Blake2s.mac128(key, token, 0, TIME_LENGTH);
    }
}
