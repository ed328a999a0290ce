package io.culvert.noise;

import io.culvert.crypto.Blake2s;
import io.culvert.crypto.XChaCha20Poly1305;
import io.culvert.wire.CookieReply;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts mac1 and mac2 on the handshake messages sent to one peer, and keeps the cookie it gave
 * (paper §5.4.4, §5.4.7). Confined to the engine.
 */
public final class CookieGenerator {
    /**
     * A cookie is used up to five seconds less than its secret lives, so that it never expires on
     * the way.
     */
    static final long COOKIE_LIFE_NS = 115_000_000_000L;

    private static final int MAC_LENGTH = 16;

    private final MacKeys keys;

    /** The last mac1 sent, which a cookie reply must answer; null once answered. */
    private byte @Nullable [] lastMac1;

    /** Null until the peer, under load, gave one. */
    private byte @Nullable [] cookie;

    private long cookieSinceNs;

    public CookieGenerator(RemoteIdentity remote) {
        this.keys = remote.macKeys();
    }

    /** Writes both macs into a message whose last 32 bytes they are. */
    public void addMacs(byte[] message, int length, long nowNs) {
        int mac1At = length - 2 * MAC_LENGTH;
        int mac2At = length - MAC_LENGTH;
        byte[] mac1 = Blake2s.mac128(keys.mac1(), message, 0, mac1At);
        System.arraycopy(mac1, 0, message, mac1At, MAC_LENGTH);
        lastMac1 = mac1;
        if (cookie != null && nowNs - cookieSinceNs < COOKIE_LIFE_NS) {
            byte[] mac2 = Blake2s.mac128(cookie, message, 0, mac2At);
            System.arraycopy(mac2, 0, message, mac2At, MAC_LENGTH);
        } else {
            Arrays.fill(message, mac2At, length, (byte) 0);
        }
    }

    /** Takes the cookie of a reply; false when it does not answer our last message. */
    public boolean consumeReply(byte[] message, int offset, long nowNs) {
        if (lastMac1 == null) {
            return false;
        }
        int nonceAt = offset + CookieReply.NONCE;
        int cookieAt = offset + CookieReply.COOKIE;
        byte[] nonce = Arrays.copyOfRange(message, nonceAt, nonceAt + CookieReply.NONCE_LENGTH);
        byte[] sealed = Arrays.copyOfRange(message, cookieAt, cookieAt + CookieReply.COOKIE_LENGTH);
        byte[] opened = XChaCha20Poly1305.open(keys.cookie(), nonce, sealed, lastMac1);
        if (opened == null) {
            return false;
        }
        cookie = opened;
        cookieSinceNs = nowNs;
        lastMac1 = null;
        return true;
    }
}
