package io.culvert.carrier;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.random.RandomGenerator;

/** The two header values that prove a WebSocket upgrade (RFC 6455 §4). Stateless, thread-safe. */
public final class WebSocketKeys {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int NONCE_LENGTH = 16;
    private static final int KEY_LENGTH = 24;

    private WebSocketKeys() {}

    /** A fresh {@code Sec-WebSocket-Key} (§4.1, item 7). */
    public static String make(RandomGenerator random) {
        byte[] nonce = new byte[NONCE_LENGTH];
        random.nextBytes(nonce);
        return Base64.getEncoder().encodeToString(nonce);
    }

    /** Whether {@code key} is base64 of 16 bytes (§4.2.1, item 5). */
    public static boolean isValid(String key) {
        if (key.length() != KEY_LENGTH || !key.endsWith("==")) {
            return false;
        }
        try {
            return Base64.getDecoder().decode(key).length == NONCE_LENGTH;
        } catch (IllegalArgumentException ignored) { // not base64: that is the answer
            return false;
        }
    }

    /** The {@code Sec-WebSocket-Accept} that answers {@code key} (§4.2.2, item 5.4). */
    public static String accept(String key) {
        byte[] bytes = (key + GUID).getBytes(StandardCharsets.ISO_8859_1);
        return Base64.getEncoder().encodeToString(sha1().digest(bytes));
    }

    /** Whether {@code accept} answers {@code key} (§4.1, item 4 of the response). */
    public static boolean answers(String accept, String key) {
        return accept(key).equals(accept.strip());
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
