package io.culvert.noise;

import io.culvert.crypto.Blake2s;
import io.culvert.crypto.ConstantTime;
import io.culvert.crypto.XChaCha20Poly1305;
import io.culvert.wire.CookieReply;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Checks mac1 and mac2 on handshake messages that come here, and gives out cookies under load
 * (paper §5.3, §5.4.7). Confined to the engine.
 */
public final class CookieChecker {
    /** How long a secret lives; cookies made with it die with it. */
    static final long SECRET_LIFE_NS = 120_000_000_000L;

    private static final int MAC_LENGTH = 16;

    private final MacKeys keys;
    private final SecureRandom random;

    // the secret that cookies are made with, and since when; made on first use
    private final byte[] secret = new byte[32];
    private boolean secretMade;
    private long secretSinceNs;

    public CookieChecker(LocalIdentity local, SecureRandom random) {
        this.keys = local.macKeys();
        this.random = random;
    }

    /** Whether the sender knows our public key. */
    public boolean checkMac1(byte[] array, int offset, int length) {
        int at = length - 2 * MAC_LENGTH;
        byte[] expected = Blake2s.mac128(keys.mac1(), array, offset, at);
        return ConstantTime.equals(expected, 0, array, offset + at, MAC_LENGTH);
    }

    /** Whether the sender holds the cookie that was made for its source address. */
    public boolean checkMac2(byte[] array, int offset, int length, Source source) {
        if (!secretMade || source.nowNs() - secretSinceNs >= SECRET_LIFE_NS) {
            return false;
        }
        int at = length - MAC_LENGTH;
        if (isZero(array, offset + at)) {
            return false; // as who has no cookie sends it
        }
        byte[] expected = Blake2s.mac128(cookieFor(source), array, offset, at);
        return ConstantTime.equals(expected, 0, array, offset + at, MAC_LENGTH);
    }

    /**
     * Who sent a message, and when it came.
     *
     * @param address what the cookie is bound to: address and port
     * @param nowNs monotonic
     */
    @SuppressWarnings("ArrayRecordComponent") // borrowed for one call, never compared
    public record Source(byte[] address, long nowNs) {}

    /** A cookie reply to the handshake message, 64 bytes. */
    public byte[] reply(byte[] array, int offset, int length, Source source) {
        if (!secretMade || source.nowNs() - secretSinceNs >= SECRET_LIFE_NS) {
            random.nextBytes(secret);
            secretMade = true;
            secretSinceNs = source.nowNs();
        }
        byte[] out = new byte[CookieReply.LENGTH];
        // The sender's index stands at the same place in both handshake messages.
        CookieReply.writeHeader(out, 0, io.culvert.wire.Initiation.sender(array, offset));
        byte[] nonce = new byte[CookieReply.NONCE_LENGTH];
        random.nextBytes(nonce);
        System.arraycopy(nonce, 0, out, CookieReply.NONCE, nonce.length);
        int mac1At = offset + length - 2 * MAC_LENGTH;
        byte[] mac1 = Arrays.copyOfRange(array, mac1At, mac1At + MAC_LENGTH);
        byte[] sealed = XChaCha20Poly1305.seal(keys.cookie(), nonce, cookieFor(source), mac1);
        System.arraycopy(sealed, 0, out, CookieReply.COOKIE, sealed.length);
        return out;
    }

    private static boolean isZero(byte[] array, int at) {
        int bits = 0;
        for (int i = at; i < at + MAC_LENGTH; i++) {
            bits |= array[i];
        }
        return bits == 0;
    }

    private byte[] cookieFor(Source source) {
        return Blake2s.mac128(secret, source.address());
    }
}
