package io.culvert.crypto;

import static io.culvert.crypto.Vectors.counting;
import static io.culvert.crypto.Vectors.hex;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The vectors of draft-irtf-cfrg-xchacha-03, and tampering. */
final class XChaCha20Poly1305Test {
    private static final byte[] KEY = Arrays.copyOfRange(counting(160), 128, 160);
    private static final byte[] NONCE = Arrays.copyOfRange(counting(88), 64, 88);
    private static final byte[] AAD = hex("50515253c0c1c2c3c4c5c6c7");

    private static final byte[] TEXT =
            ("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
                            + "future, sunscreen would be it.")
                    .getBytes(StandardCharsets.US_ASCII);

    private static final String SEALED =
            "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
                    + "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
                    + "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
                    + "21f9664c97637da9768812f615c68b13b52e"
                    + "c0875924c1c7987947deafd8780acf49";

    @Test
    void derivesTheSubkeyOfSection221() {
        assertEquals(
                "82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc",
                hex(
                        XChaCha20Poly1305.hChaCha20(
                                counting(32), hex("000000090000004a0000000031415927"))));
    }

    @Test
    void sealsTheVectorOfAppendixA31() {
        assertEquals(SEALED, hex(XChaCha20Poly1305.seal(KEY, NONCE, TEXT, AAD)));
        assertArrayEquals(TEXT, XChaCha20Poly1305.open(KEY, NONCE, hex(SEALED), AAD));
    }

    @Test
    void refusesAnyFlippedBitOfNonceMessageOrKey() {
        byte[] sealed = hex(SEALED);
        for (int i = 0; i < 8 * sealed.length; i += 5) {
            assertNull(XChaCha20Poly1305.open(KEY, NONCE, flipped(sealed, i), AAD));
        }
        for (int i = 0; i < 8 * NONCE.length; i++) {
            assertNull(XChaCha20Poly1305.open(KEY, flipped(NONCE, i), sealed, AAD));
        }
        for (int i = 0; i < 8 * KEY.length; i += 3) {
            assertNull(XChaCha20Poly1305.open(flipped(KEY, i), NONCE, sealed, AAD));
        }
        assertNull(XChaCha20Poly1305.open(KEY, NONCE, sealed, new byte[0]));
    }

    @Test
    void refusesWhatIsShorterThanATag() {
        assertNull(XChaCha20Poly1305.open(KEY, NONCE, new byte[15], AAD));
        assertNull(XChaCha20Poly1305.open(KEY, NONCE, new byte[0], AAD));
    }

    @Test
    void aNonceOfAnotherLengthIsABug() {
        assertThrows(
                IllegalArgumentException.class,
                () -> XChaCha20Poly1305.seal(KEY, new byte[12], TEXT, AAD));
        assertThrows(
                IllegalArgumentException.class,
                () -> XChaCha20Poly1305.open(KEY, new byte[25], TEXT, AAD));
    }

    private static byte[] flipped(byte[] bytes, int bit) {
        byte[] copy = bytes.clone();
        copy[bit / 8] ^= (byte) (1 << (bit % 8));
        return copy;
    }
}
