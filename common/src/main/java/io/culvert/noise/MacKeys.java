package io.culvert.noise;

import io.culvert.crypto.Blake2s;
import io.culvert.crypto.PublicKey;
import java.nio.charset.StandardCharsets;

/** The two keys that everybody who knows a public key can derive (paper §5.4.4, §5.4.7). */
final class MacKeys {
    private static final byte[] LABEL_MAC1 = "mac1----".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LABEL_COOKIE = "cookie--".getBytes(StandardCharsets.US_ASCII);

    private final byte[] mac1;
    private final byte[] cookie;

    private MacKeys(byte[] mac1, byte[] cookie) {
        this.mac1 = mac1;
        this.cookie = cookie;
    }

    static MacKeys of(PublicKey owner) {
        byte[] key = owner.bytes();
        return new MacKeys(Blake2s.hash256(LABEL_MAC1, key), Blake2s.hash256(LABEL_COOKIE, key));
    }

    /** Keys mac1 of messages sent to the owner. Borrowed. */
    byte[] mac1() {
        return mac1;
    }

    /** Keys the encryption of cookies that the owner gives out. Borrowed. */
    byte[] cookie() {
        return cookie;
    }
}
