package io.culvert.crypto;

import static io.culvert.crypto.Vectors.hex;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.crypto.KeyAgreement;
import org.junit.jupiter.api.Test;

/** RFC 7748's vectors for X25519, points of low order, and the JDK as a second opinion. */
final class X25519Test {
    private static final String BASE =
            "0900000000000000000000000000000000000000000000000000000000000000";

    /** Every encoding of a point whose multiples by a clamped scalar are zero. */
    private static final List<String> LOW_ORDER =
            List.of(
                    "0000000000000000000000000000000000000000000000000000000000000000",
                    "0100000000000000000000000000000000000000000000000000000000000000",
                    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

    @Test
    void computesTheTwoVectorsOfSection52() {
        assertEquals(
                "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
                x25519(
                        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
                        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"));
        assertEquals(
                "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
                x25519(
                        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
                        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493"));
    }

    @Test
    void iteratesAThousandTimesAsInSection52() {
        String k = BASE;
        String u = BASE;
        for (int i = 1; i <= 1000; i++) {
            String result = x25519(k, u);
            u = k;
            k = result;
            if (i == 1) {
                assertEquals("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079", k);
            }
        }
        assertEquals("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51", k);
    }

    @Test
    void agreesOnTheSecretOfSection61() {
        PrivateKey alice = key("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        PrivateKey bob = key("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
        assertEquals(
                "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
                hex(alice.publicKey().bytes()));
        assertEquals(
                "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
                hex(bob.publicKey().bytes()));
        String shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
        byte[] out = new byte[32];
        assertTrue(alice.agree(bob.publicKey(), out));
        assertEquals(shared, hex(out));
        assertTrue(bob.agree(alice.publicKey(), out));
        assertEquals(shared, hex(out));
    }

    @Test
    void refusesEveryPointOfLowOrderAndLeavesZeros() {
        PrivateKey own = key("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        for (String point : LOW_ORDER) {
            for (int topBit : new int[] {0, 0x80}) {
                byte[] bytes = hex(point);
                bytes[31] |= (byte) topBit;
                byte[] out = new byte[32];
                Arrays.fill(out, (byte) 0x55);
                assertFalse(own.agree(PublicKey.ofBytes(bytes, 0), out), point);
                assertArrayEquals(new byte[32], out, point);
            }
        }
    }

    @Test
    void ignoresTheTopBitOfAPointAsSection5Says() {
        PrivateKey own = key("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        byte[] point = hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
        byte[] plain = new byte[32];
        byte[] marked = new byte[32];
        assertTrue(own.agree(PublicKey.ofBytes(point, 0), plain));
        point[31] |= (byte) 0x80;
        assertTrue(own.agree(PublicKey.ofBytes(point, 0), marked));
        assertArrayEquals(plain, marked);
    }

    @Test
    void agreesWithTheJdkOnRandomKeys() throws Exception {
        long seed = System.nanoTime();
        System.out.println("X25519Test seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 20; i++) {
            byte[] secret = new byte[32];
            byte[] otherSecret = new byte[32];
            random.nextBytes(secret);
            random.nextBytes(otherSecret);
            PublicKey remote = PrivateKey.ofBytes(otherSecret).publicKey();
            byte[] out = new byte[32];
            assertTrue(PrivateKey.ofBytes(secret).agree(remote, out));
            KeyAgreement jdk = KeyAgreement.getInstance("X25519", "SunEC");
            jdk.init(JdkX25519.secret(secret));
            jdk.doPhase(JdkX25519.point(remote.bytes()), true);
            assertArrayEquals(jdk.generateSecret(), out);
        }
    }

    private static PrivateKey key(String digits) {
        return PrivateKey.ofBytes(hex(digits));
    }

    private static String x25519(String scalar, String point) {
        byte[] out = new byte[32];
        assertTrue(key(scalar).agree(PublicKey.ofBytes(hex(point), 0), out));
        return hex(out);
    }
}
