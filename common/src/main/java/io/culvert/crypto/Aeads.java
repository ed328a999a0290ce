package io.culvert.crypto;

import java.util.Arrays;
import java.util.Locale;

/**
 * The choice of the bulk cipher's provider, once a process: libcrypto where it is on the machine
 * and agrees with the JDK on a message, else the JDK. Measured, libcrypto was never slower; where
 * the processor lacks AVX-512 IFMA, the JDK has no intrinsic for Poly1305 and is. The system
 * property {@code culvert.aead} ({@code jdk} or {@code libcrypto}) decides otherwise. Thread-safe.
 */
public final class Aeads {
    /** Who does the bulk cipher. */
    public enum Provider {
        JDK,
        LIBCRYPTO;

        /** Whether it is on this machine. */
        public boolean isPresent() {
            return this == JDK || Libcrypto.isPresent();
        }

        /** ChaCha20-Poly1305 under a copy of these 32 bytes. */
        public Aead chacha20Poly1305(byte[] key) {
            return this == JDK ? new JcaAead(key) : new LibcryptoAead(key);
        }
    }

    private static final String PROPERTY = "culvert.aead";

    private Aeads() {}

    /** Found when the first key is made. */
    private static final class Chosen {
        static final Provider PROVIDER = choose(System.getProperty(PROPERTY, "libcrypto"));
    }

    private static Provider choose(String wanted) {
        boolean isNative = wanted.toLowerCase(Locale.ROOT).equals("libcrypto");
        return isNative && Libcrypto.isPresent() && agree() ? Provider.LIBCRYPTO : Provider.JDK;
    }

    /** Whether both seal one message alike. */
    private static boolean agree() {
        byte[] key = new byte[KeyText.KEY_LENGTH];
        Arrays.fill(key, (byte) 0x5a);
        byte[] expected = new byte[1024 + Aead.TAG_LENGTH];
        byte[] made = expected.clone();
        for (Provider each : Provider.values()) {
            Aead aead = each.chacha20Poly1305(key);
            aead.seal(77, each == Provider.JDK ? expected : made, 0, 1024);
            aead.destroy();
        }
        return Arrays.equals(expected, made);
    }

    /** Who does it in this process. */
    public static Provider provider() {
        return Chosen.PROVIDER;
    }

    /** ChaCha20-Poly1305 under a copy of these 32 bytes. */
    public static Aead chacha20Poly1305(byte[] key) {
        return provider().chacha20Poly1305(key);
    }
}
