package io.culvert.client.proxy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;

/** The user and password that clients of the proxy must give. Immutable; shows neither. */
public final class Credentials {
    private static final int MOST_BYTES = 255;

    private final byte[] user;
    private final byte[] password;

    private Credentials(byte[] user, byte[] password) {
        this.user = user;
        this.password = password;
    }

    /**
     * The two that {@code user:password} spells; the password may contain colons.
     *
     * @throws IllegalArgumentException with one line that shows neither
     */
    public static Credentials parse(String text) {
        int colon = text.indexOf(':');
        byte[] user = text.substring(0, Math.max(0, colon)).getBytes(StandardCharsets.UTF_8);
        byte[] password = text.substring(colon + 1).getBytes(StandardCharsets.UTF_8);
        boolean isLong = user.length > MOST_BYTES || password.length > MOST_BYTES;
        if (user.length == 0 || password.length == 0 || isLong) {
            throw new IllegalArgumentException(
                    "the proxy's credentials are no user:password of 1 to 255 bytes each");
        }
        return new Credentials(user, password);
    }

    /** Whether these are the same, in a time that does not tell where they differ. */
    public boolean matches(byte[] givenUser, byte[] givenPassword) {
        boolean isUser = MessageDigest.isEqual(user, givenUser);
        boolean isPassword = MessageDigest.isEqual(password, givenPassword);
        return isUser && isPassword;
    }

    /** Whether a header's value gives them (RFC 7617). */
    public boolean matchesBasic(String value) {
        if (!value.regionMatches(true, 0, "Basic ", 0, "Basic ".length())) {
            return false;
        }
        try {
            byte[] pair = Base64.getDecoder().decode(value.substring("Basic ".length()).trim());
            byte[] own = new byte[user.length + 1 + password.length];
            System.arraycopy(user, 0, own, 0, user.length);
            own[user.length] = ':';
            System.arraycopy(password, 0, own, user.length + 1, password.length);
            return MessageDigest.isEqual(own, pair);
        } catch (IllegalArgumentException ignored) { // no base64
            return false;
        }
    }

    @Override
    public String toString() {
        return "Credentials";
    }
}
