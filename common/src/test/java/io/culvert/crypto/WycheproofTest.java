package io.culvert.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.culvert.crypto.Vectors.Vector;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** All tests of Project Wycheproof for the three primitives; origin beside the files. */
final class WycheproofTest {
    @Test
    void agreesAsX25519Wants() {
        List<Vector> vectors = Vectors.wycheproof("x25519_test.json");
        assertEquals(518, vectors.size());
        int refused = 0;
        for (Vector vector : vectors) {
            byte[] shared = new byte[32];
            boolean agreed =
                    PrivateKey.ofBytes(vector.bytes("private"))
                            .agree(PublicKey.ofBytes(vector.bytes("public"), 0), shared);
            // "acceptable" are twist points, non-canonical ones and zero results: RFC 7748 takes
            // the first two, and of the last WireGuard wants a refusal.
            assertEquals(!vector.hasFlag("ZeroSharedSecret"), agreed, vector::toString);
            assertArrayEquals(vector.bytes("shared"), shared, vector::toString);
            refused += agreed ? 0 : 1;
        }
        assertEquals(31, refused);
    }

    @Test
    void sealsAndOpensAsChaCha20Poly1305Wants() {
        List<Vector> vectors = Vectors.wycheproof("chacha20_poly1305_test.json");
        assertEquals(325, vectors.size());
        int judged = 0;
        for (Vector vector : vectors) {
            if (vector.groupNumber("ivSize") != 8 * ChaChaPoly.NONCE_LENGTH) {
                assertEquals("invalid", vector.result());
                continue;
            }
            judged++;
            check(vector, ChaChaPoly::seal, ChaChaPoly::open);
        }
        assertEquals(316, judged);
    }

    @Test
    void sealsAndOpensAsXChaCha20Poly1305Wants() {
        List<Vector> vectors = Vectors.wycheproof("xchacha20_poly1305_test.json");
        assertEquals(315, vectors.size());
        int judged = 0;
        for (Vector vector : vectors) {
            if (vector.groupNumber("ivSize") != 8 * XChaCha20Poly1305.NONCE_LENGTH) {
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                XChaCha20Poly1305.seal(
                                        vector.bytes("key"),
                                        vector.bytes("iv"),
                                        vector.bytes("msg"),
                                        vector.bytes("aad")));
                continue;
            }
            judged++;
            check(vector, XChaCha20Poly1305::seal, XChaCha20Poly1305::open);
        }
        assertEquals(306, judged);
    }

    private static void check(Vector vector, Seal seal, Open open) {
        byte[] key = vector.bytes("key");
        byte[] iv = vector.bytes("iv");
        byte[] message = vector.bytes("msg");
        byte[] aad = vector.bytes("aad");
        byte[] sealed = join(vector.bytes("ct"), vector.bytes("tag"));
        if (vector.result().equals("valid")) {
            assertArrayEquals(sealed, seal.seal(key, iv, message, aad), vector::toString);
            assertArrayEquals(message, open.open(key, iv, sealed, aad), vector::toString);
        } else {
            assertEquals("invalid", vector.result());
            assertNull(open.open(key, iv, sealed, aad), vector::toString);
        }
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** The sealing half of a cipher. */
    private interface Seal {
        byte[] seal(byte[] key, byte[] nonce, byte[] text, byte[] aad);
    }

    /** The opening half of a cipher. */
    private interface Open {
        byte @Nullable [] open(byte[] key, byte[] nonce, byte[] sealed, byte[] aad);
    }
}
