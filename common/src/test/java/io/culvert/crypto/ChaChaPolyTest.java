package io.culvert.crypto;

import static io.culvert.crypto.Vectors.hex;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** RFC 8439's vectors for the AEAD, and tampering. */
final class ChaChaPolyTest {
    private static final byte[] NOTHING = {};

    private static final String SUNSCREEN =
            "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
                    + "future, sunscreen would be it.";

    private static final String SUNSCREEN_SEALED =
            "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
                    + "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
                    + "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
                    + "3ff4def08e4b7a9de576d26586cec64b6116"
                    + "1ae10b594f09e26a7e902ecbd0600691";

    private static final String DRAFTS =
            "Internet-Drafts are draft documents valid for a maximum of six months and may be "
                    + "updated, replaced, or obsoleted by other documents at any time. It is "
                    + "inappropriate to use Internet-Drafts as reference material or to cite them "
                    + "other than as /\u201cwork in progress./\u201d";

    private static final String DRAFTS_SEALED =
            "64a0861575861af460f062c79be643bd5e805cfd345cf389f108670ac76c8cb2"
                    + "4c6cfc18755d43eea09ee94e382d26b0bdb7b73c321b0100d4f03b7f355894cf"
                    + "332f830e710b97ce98c8a84abd0b948114ad176e008d33bd60f982b1ff37c855"
                    + "9797a06ef4f0ef61c186324e2b3506383606907b6a7c02b0f9f6157b53c867e4"
                    + "b9166c767b804d46a59b5216cde7a4e99040c5a40433225ee282a1b0a06c523e"
                    + "af4534d7f83fa1155b0047718cbc546a0d072b04b3564eea1b422273f548271a"
                    + "0bb2316053fa76991955ebd63159434ecebb4e466dae5a1073a6727627097a10"
                    + "49e617d91d361094fa68f0ff77987130305beaba2eda04df997b714d6c6f2c29"
                    + "a6ad5cb4022b02709b"
                    + "eead9d67890cbb22392336fea1851f38";

    @Test
    void sealsTheVectorOfSection282() {
        byte[] key = Arrays.copyOfRange(counting(160), 128, 160);
        byte[] nonce = hex("070000004041424344454647");
        byte[] aad = hex("50515253c0c1c2c3c4c5c6c7");
        byte[] text = SUNSCREEN.getBytes(StandardCharsets.US_ASCII);
        assertEquals(SUNSCREEN_SEALED, hex(ChaChaPoly.seal(key, nonce, text, aad)));
        assertArrayEquals(text, ChaChaPoly.open(key, nonce, hex(SUNSCREEN_SEALED), aad));
    }

    /** Its nonce has the shape of a counter, so this fixes the counter's byte order too. */
    @Test
    void opensTheVectorOfAppendixA5WithItsCounter() {
        byte[] key = hex("1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0");
        byte[] aad = hex("f33388860000000000004e91");
        byte[] text = DRAFTS.getBytes(StandardCharsets.UTF_8);
        long counter = 0x0807060504030201L;
        assertArrayEquals(text, ChaChaPoly.open(key, counter, hex(DRAFTS_SEALED), aad));
        assertEquals(DRAFTS_SEALED, hex(ChaChaPoly.seal(key, counter, text, aad)));
    }

    @Test
    void sealsNothingIntoATagAlone() {
        byte[] sealed = ChaChaPoly.seal(counting(32), 0, NOTHING, counting(32));
        assertEquals(ChaChaPoly.TAG_LENGTH, sealed.length);
        byte[] opened = ChaChaPoly.open(counting(32), 0, sealed, counting(32));
        assertNotNull(opened);
        assertEquals(0, opened.length);
    }

    @Test
    void refusesAnyFlippedBit() {
        byte[] key = counting(32);
        byte[] aad = counting(7);
        byte[] sealed = ChaChaPoly.seal(key, 3, counting(20), aad);
        for (int bit = 0; bit < 8 * sealed.length; bit++) {
            byte[] tampered = sealed.clone();
            tampered[bit / 8] ^= (byte) (1 << (bit % 8));
            assertNull(ChaChaPoly.open(key, 3, tampered, aad));
        }
        for (int bit = 0; bit < 8 * aad.length; bit++) {
            byte[] tampered = aad.clone();
            tampered[bit / 8] ^= (byte) (1 << (bit % 8));
            assertNull(ChaChaPoly.open(key, 3, sealed, tampered));
        }
        assertNull(ChaChaPoly.open(key, 4, sealed, aad));
        assertNull(ChaChaPoly.open(counting(33, 1), 3, sealed, aad));
        assertNull(ChaChaPoly.open(key, 3, sealed, NOTHING));
    }

    @Test
    void refusesWhatIsShorterThanATag() {
        for (int length = 0; length < ChaChaPoly.TAG_LENGTH; length++) {
            assertNull(ChaChaPoly.open(counting(32), 0, new byte[length], NOTHING));
        }
    }

    @Test
    void refusesATruncatedOrExtendedMessage() {
        byte[] sealed = ChaChaPoly.seal(counting(32), 0, counting(50), NOTHING);
        for (int length = 0; length < sealed.length; length++) {
            assertNull(ChaChaPoly.open(counting(32), 0, Arrays.copyOf(sealed, length), NOTHING));
        }
        assertNull(
                ChaChaPoly.open(
                        counting(32), 0, Arrays.copyOf(sealed, sealed.length + 1), NOTHING));
    }

    @Test
    void aKeyOfAnotherLengthIsABug() {
        assertThrows(
                IllegalArgumentException.class,
                () -> ChaChaPoly.seal(new byte[31], 0, NOTHING, NOTHING));
    }

    private static byte[] counting(int end, int start) {
        return Arrays.copyOfRange(Vectors.counting(end), start, end);
    }

    private static byte[] counting(int length) {
        return Vectors.counting(length);
    }
}
