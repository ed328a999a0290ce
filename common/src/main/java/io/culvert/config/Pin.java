package io.culvert.config;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;

/**
 * A certificate's key, named by the SHA-256 of its SubjectPublicKeyInfo (RFC 7469 §2.4). Immutable.
 *
 * @param hex 64 lower-case digits
 */
public record Pin(String hex) {
    private static final String PREFIX = "sha256/";
    private static final int LENGTH_BYTES = 32;

    /** Refuses what is no SHA-256. */
    public Pin {
        if (!hex.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("a pin is a SHA-256, 64 hexadecimal digits");
        }
    }

    /** The pin of this hash. */
    public static Pin of(byte[] sha256) {
        return new Pin(HexFormat.of().formatHex(sha256));
    }

    /** The pin of a certificate with this key. */
    public static Pin of(PublicKey key) {
        try {
            return of(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * The pin that {@code text} spells: {@code sha256/BASE64}, or 64 hexadecimal digits with or
     * without colons.
     *
     * @throws IllegalArgumentException when it is neither
     */
    public static Pin parse(String text) {
        if (text.startsWith(PREFIX)) {
            byte[] hash = Base64.getDecoder().decode(text.substring(PREFIX.length()));
            if (hash.length != LENGTH_BYTES) {
                throw new IllegalArgumentException("a pin is a SHA-256, 32 bytes");
            }
            return of(hash);
        }
        return new Pin(text.replace(":", "").toLowerCase(Locale.ROOT));
    }

    /** As in files. */
    @Override
    public String toString() {
        return PREFIX + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));
    }
}
