package io.culvert.crypto;

import static io.culvert.crypto.Vectors.counting;
import static io.culvert.crypto.Vectors.hex;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** The life of private, public and preshared keys. */
final class KeysTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    private static final String ALICE =
            "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";

    @Test
    void clampsAPrivateKeyWhenItIsMade() {
        byte[] ones = new byte[32];
        Arrays.fill(ones, (byte) 0xff);
        byte[] clamped = hex(PrivateKey.ofBytes(ones).toHex());
        assertEquals((byte) 0xf8, clamped[0]);
        assertEquals((byte) 0x7f, clamped[31]);
        assertArrayEquals(Arrays.copyOfRange(ones, 1, 31), Arrays.copyOfRange(clamped, 1, 31));
        byte[] zeros = hex(PrivateKey.ofBytes(new byte[32]).toHex());
        assertEquals(0x40, zeros[31]);
        for (int i = 0; i < 50; i++) {
            byte[] fresh = hex(PrivateKey.generate(RANDOM).toHex());
            assertEquals(0, fresh[0] & 7);
            assertEquals(0x40, fresh[31] & 0xc0);
        }
    }

    @Test
    void copiesTheBytesItIsMadeOf() {
        byte[] secret = counting(32);
        PrivateKey own = PrivateKey.ofBytes(secret);
        assertArrayEquals(counting(32), secret);
        String before = own.toBase64();
        Arrays.fill(secret, (byte) 9);
        assertEquals(before, own.toBase64());

        byte[] point = counting(40);
        PublicKey key = PublicKey.ofBytes(point, 8);
        Arrays.fill(point, (byte) 9);
        key.bytes()[0] = 1;
        assertArrayEquals(Arrays.copyOfRange(counting(40), 8, 40), key.bytes());

        byte[] shared = counting(32);
        PresharedKey preshared = PresharedKey.ofBytes(shared);
        Arrays.fill(shared, (byte) 9);
        byte[] out = new byte[34];
        preshared.copyTo(out, 1);
        assertArrayEquals(counting(32), Arrays.copyOfRange(out, 1, 33));
    }

    @Test
    void freshKeysDiffer() {
        assertNotEquals(
                PrivateKey.generate(RANDOM).publicKey(), PrivateKey.generate(RANDOM).publicKey());
        assertNotEquals(
                PresharedKey.generate(RANDOM).toBase64(), PresharedKey.generate(RANDOM).toBase64());
    }

    @Test
    void derivesThePublicKeyOnce() {
        PrivateKey own = PrivateKey.ofBytes(hex(ALICE));
        assertSame(own.publicKey(), own.publicKey());
        // What `wg pubkey` prints for the key of RFC 7748 section 6.1.
        assertEquals("hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=", own.publicKey().toBase64());
        assertEquals(own.publicKey(), PublicKey.parse(own.publicKey().toBase64()));
    }

    @Test
    void aPrivateKeySurvivesBothSpellings() {
        PrivateKey own = PrivateKey.generate(RANDOM);
        assertEquals(own.publicKey(), PrivateKey.parse(own.toBase64()).publicKey());
        assertEquals(own.publicKey(), PrivateKey.parseHex(own.toHex()).publicKey());
        assertEquals(own.toBase64(), PrivateKey.parse(own.toBase64()).toBase64());
    }

    @Test
    void publicKeysAreEqualByContent() {
        PublicKey one = PublicKey.ofBytes(counting(32), 0);
        PublicKey same = PublicKey.ofBytes(counting(32), 0);
        byte[] other = counting(32);
        other[31] ^= 1;
        assertEquals(one, same);
        assertEquals(one.hashCode(), same.hashCode());
        assertNotEquals(one, PublicKey.ofBytes(other, 0));
        assertFalse(one.equals((Object) "key"));
        assertEquals(one, PublicKey.parseHex(one.toHex()));
    }

    @Test
    void aPublicKeyIsNamedByItsFirstEightCharacters() {
        PublicKey key = PublicKey.ofBytes(counting(32), 0);
        assertEquals("AAECAwQF", key.shortName());
        assertEquals("AAECAwQF", key.toString());
        assertTrue(key.toBase64().startsWith(key.shortName()));
    }

    @Test
    void copiesAPublicKeyToAnOffset() {
        byte[] out = new byte[36];
        PublicKey.ofBytes(counting(32), 0).copyTo(out, 2);
        assertArrayEquals(counting(32), Arrays.copyOfRange(out, 2, 34));
        assertEquals(0, out[0] | out[1] | out[34] | out[35]);
    }

    @Test
    void noSecretShowsInToString() {
        PrivateKey own = PrivateKey.ofBytes(counting(32));
        PresharedKey shared = PresharedKey.ofBytes(counting(32));
        RawKey raw = new RawKey(counting(32));
        for (Object secret :
                new Object[] {own, shared, raw, Aeads.chacha20Poly1305(counting(32))}) {
            assertTrue(secret.toString().endsWith("(secret)"), secret::toString);
        }
    }

    @Test
    void aDestroyedPrivateKeyKnowsOnlyItsPublicHalf() {
        PrivateKey own = PrivateKey.generate(RANDOM);
        PublicKey remote = PrivateKey.generate(RANDOM).publicKey();
        own.destroy();
        own.destroy();
        assertEquals(44, own.publicKey().toBase64().length());
        assertThrows(IllegalStateException.class, () -> own.agree(remote, new byte[32]));
        assertThrows(IllegalStateException.class, own::toBase64);
        assertThrows(IllegalStateException.class, own::toHex);
    }

    @Test
    void aDestroyedPresharedKeyIsABugToUse() {
        PresharedKey key = PresharedKey.generate(RANDOM);
        key.destroy();
        assertFalse(key.isNone());
        assertThrows(IllegalStateException.class, () -> key.copyTo(new byte[32], 0));
        assertThrows(IllegalStateException.class, key::toBase64);
        assertThrows(IllegalStateException.class, key::toHex);
    }

    @Test
    void allZeroIsNoPresharedKeyAndCannotBeDestroyed() {
        assertTrue(PresharedKey.NONE.isNone());
        assertTrue(PresharedKey.ofBytes(new byte[32]).isNone());
        assertTrue(PresharedKey.parse(PresharedKey.NONE.toBase64()).isNone());
        assertFalse(PresharedKey.ofBytes(counting(32)).isNone());
        assertEquals("PresharedKey(none)", PresharedKey.NONE.toString());
        PresharedKey.NONE.destroy();
        byte[] out = counting(32);
        PresharedKey.NONE.copyTo(out, 0);
        assertArrayEquals(new byte[32], out);
    }

    @Test
    void aPresharedKeySurvivesBothSpellings() {
        PresharedKey key = PresharedKey.ofBytes(counting(32));
        assertEquals(Base64.getEncoder().encodeToString(counting(32)), key.toBase64());
        assertEquals(key.toBase64(), PresharedKey.parse(key.toBase64()).toBase64());
        assertEquals(key.toBase64(), PresharedKey.parseHex(key.toHex()).toBase64());
    }

    @Test
    void anotherLengthIsRefused() {
        for (int length : new int[] {0, 31, 33}) {
            byte[] bytes = new byte[length];
            assertThrows(IllegalArgumentException.class, () -> PrivateKey.ofBytes(bytes));
            assertThrows(IllegalArgumentException.class, () -> PresharedKey.ofBytes(bytes));
        }
        assertThrows(IllegalArgumentException.class, () -> PublicKey.ofBytes(counting(32), 1));
        assertThrows(IllegalArgumentException.class, () -> PublicKey.ofBytes(counting(32), -1));
        assertThrows(IllegalArgumentException.class, () -> new RawKey(new byte[33]));
    }

    @Test
    void aRawKeyGivesCopiesAndCanBeWiped() {
        RawKey key = new RawKey(counting(32));
        key.getEncoded()[3] = 77;
        assertArrayEquals(counting(32), key.getEncoded());
        assertEquals("RAW", key.getFormat());
        assertEquals("ChaCha20", key.getAlgorithm());
        assertFalse(key.isDestroyed());
        key.destroy();
        assertTrue(key.isDestroyed());
        assertArrayEquals(new byte[32], key.getEncoded());
    }
}
