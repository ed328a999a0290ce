package io.culvert.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.Random;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.modes.ChaCha20Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The bulk cipher in place, with BouncyCastle's own implementation as the second opinion. */
@ParameterizedClass
@EnumSource
final class AeadTest {
    private static final int[] LENGTHS = {
        0, 1, 15, 16, 17, 63, 64, 65, 1023, 1024, 1025, 1420, 16_384, 65_535, 65_536,
    };

    /** Offsets at which the JDK's array and stride assumptions could break. */
    private static final int[] OFFSETS = {0, 1, 7, 16, 64};

    private static final int GUARD = 8;

    private static final long SEED = System.nanoTime();

    private final Random random = new Random(SEED);
    private final Aeads.Provider provider;

    AeadTest(Aeads.Provider provider) {
        this.provider = provider;
        assumeTrue(provider.isPresent(), () -> "no " + provider + " here");
    }

    @BeforeAll
    static void printSeed() {
        System.out.println("AeadTest seed " + SEED);
    }

    @Test
    void sealsInPlaceLikeBouncyCastleAtEveryLengthAndOffset() throws Exception {
        byte[] key = bytes(32);
        Aead aead = provider.chacha20Poly1305(key);
        long counter = 0;
        for (int length : LENGTHS) {
            for (int offset : OFFSETS) {
                byte[] plain = bytes(length);
                byte[] array = frame(plain, offset);
                byte[] untouched = array.clone();
                int sealed = aead.seal(counter, array, offset, length);
                assertEquals(length + Aead.TAG_LENGTH, sealed);
                assertArrayEquals(
                        bouncyCastle(key, counter, plain),
                        Arrays.copyOfRange(array, offset, offset + sealed),
                        length + " at " + offset);
                assertGuardsHold(untouched, array, offset, sealed);
                counter++;
            }
        }
    }

    @Test
    void opensInPlaceWhatBouncyCastleSealedAtEveryLengthAndOffset() throws Exception {
        byte[] key = bytes(32);
        Aead aead = provider.chacha20Poly1305(key);
        for (int length : LENGTHS) {
            for (int offset : OFFSETS) {
                long counter = random.nextLong();
                byte[] plain = bytes(length);
                byte[] sealed = bouncyCastle(key, counter, plain);
                byte[] array = frame(sealed, offset);
                byte[] untouched = array.clone();
                assertEquals(length, aead.open(counter, array, offset, sealed.length));
                assertArrayEquals(
                        plain,
                        Arrays.copyOfRange(array, offset, offset + length),
                        length + " at " + offset);
                assertGuardsHold(untouched, array, offset, sealed.length);
            }
        }
    }

    @Test
    void refusesAnyFlippedBitAndLeavesTheArrayAsItWas() {
        Aead aead = provider.chacha20Poly1305(bytes(32));
        byte[] array = frame(bytes(33), 5);
        int sealed = aead.seal(9, array, 5, 33);
        for (int bit = 0; bit < 8 * sealed; bit++) {
            byte[] tampered = array.clone();
            tampered[5 + bit / 8] ^= (byte) (1 << (bit % 8));
            byte[] before = tampered.clone();
            assertEquals(Aead.REFUSED, aead.open(9, tampered, 5, sealed));
            assertArrayEquals(before, tampered);
        }
        assertEquals(33, aead.open(9, array, 5, sealed));
    }

    @Test
    void refusesALargeForgeryWithoutWritingAnyOfIt() {
        Aead aead = provider.chacha20Poly1305(bytes(32));
        byte[] array = frame(bytes(65_535), 64);
        int sealed = aead.seal(1, array, 64, 65_535);
        array[64 + sealed - 1] ^= 1;
        byte[] before = array.clone();
        assertEquals(Aead.REFUSED, aead.open(1, array, 64, sealed));
        assertArrayEquals(before, array);
    }

    @Test
    void refusesAnotherCounterAnotherKeyAndAnotherLength() {
        byte[] key = bytes(32);
        Aead aead = provider.chacha20Poly1305(key);
        byte[] array = frame(bytes(100), 0);
        int sealed = aead.seal(7, array, 0, 100);
        key[31] ^= 1;
        assertEquals(Aead.REFUSED, aead.open(8, array, 0, sealed));
        assertEquals(Aead.REFUSED, aead.open(7L << 32, array, 0, sealed));
        assertEquals(Aead.REFUSED, aead.open(7, array, 0, sealed - 1));
        assertEquals(Aead.REFUSED, aead.open(7, array, 0, sealed + 1));
        assertEquals(Aead.REFUSED, aead.open(7, array, 1, sealed - 1));
        assertEquals(Aead.REFUSED, provider.chacha20Poly1305(key).open(7, array, 0, sealed));
        assertEquals(100, aead.open(7, array, 0, sealed));
    }

    @Test
    void refusesWhatIsShorterThanATag() {
        Aead aead = provider.chacha20Poly1305(bytes(32));
        for (int length = 0; length < Aead.TAG_LENGTH; length++) {
            assertEquals(Aead.REFUSED, aead.open(0, new byte[64], 3, length));
        }
    }

    @Test
    void opensTheSameDatagramTwiceBecauseReplayIsNotItsBusiness() {
        Aead aead = provider.chacha20Poly1305(bytes(32));
        byte[] array = frame(bytes(40), 0);
        int sealed = aead.seal(3, array, 0, 40);
        assertEquals(40, aead.open(3, array.clone(), 0, sealed));
        assertEquals(40, aead.open(3, array.clone(), 0, sealed));
    }

    @Test
    void sealingTwiceUnderOneCounterIsABug() {
        Aead aead = provider.chacha20Poly1305(bytes(32));
        aead.seal(3, new byte[64], 0, 10);
        assertThrows(IllegalStateException.class, () -> aead.seal(3, new byte[64], 0, 10));
        assertEquals(26, aead.seal(4, new byte[64], 0, 10));
    }

    @Test
    void sealingWithoutRoomForTheTagIsABug() {
        Aead aead = provider.chacha20Poly1305(bytes(32));
        assertThrows(IllegalStateException.class, () -> aead.seal(0, new byte[25], 0, 10));
        assertEquals(26, aead.seal(1, new byte[26], 0, 10));
    }

    @Test
    void countersUseAllSixtyFourBits() throws Exception {
        byte[] key = bytes(32);
        Aead aead = provider.chacha20Poly1305(key);
        long[] counters = {0, 1, 0xffff_ffffL, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE, -1};
        for (long counter : counters) {
            byte[] plain = bytes(20);
            byte[] array = Arrays.copyOf(plain, 36);
            aead.seal(counter, array, 0, 20);
            assertArrayEquals(bouncyCastle(key, counter, plain), array);
            assertArrayEquals(ChaChaPoly.seal(key, counter, plain, new byte[0]), array);
        }
    }

    @Test
    void keepsItsOwnCopyOfTheKey() {
        byte[] key = bytes(32);
        Aead sealing = provider.chacha20Poly1305(key);
        Aead opening = provider.chacha20Poly1305(key);
        Arrays.fill(key, (byte) 0);
        byte[] array = frame(bytes(10), 0);
        assertEquals(26, sealing.seal(0, array, 0, 10));
        assertEquals(10, opening.open(0, array, 0, 26));
        Aead wiped = provider.chacha20Poly1305(new byte[32]);
        assertEquals(Aead.REFUSED, wiped.open(0, array, 0, 26));
    }

    @Test
    void anyUseAfterDestroyIsABug() {
        Aead aead = provider.chacha20Poly1305(bytes(32));
        aead.seal(0, new byte[64], 0, 10);
        aead.destroy();
        aead.destroy();
        assertThrows(IllegalStateException.class, () -> aead.seal(1, new byte[64], 0, 10));
        assertThrows(IllegalStateException.class, () -> aead.open(1, new byte[64], 0, 30));
    }

    @Test
    void destroysEvenWhenItNeverSealedOrLastSealedWithCounterZero() {
        provider.chacha20Poly1305(new byte[32]).destroy();
        Aead aead = provider.chacha20Poly1305(new byte[32]);
        aead.seal(0, new byte[64], 0, 10);
        aead.destroy();
        assertThrows(IllegalStateException.class, () -> aead.open(0, new byte[64], 0, 26));
    }

    @Test
    void aKeyOfAnotherLengthIsABug() {
        assertThrows(IllegalArgumentException.class, () -> provider.chacha20Poly1305(new byte[16]));
    }

    @Test
    void survivesRandomGarbage() {
        Aead aead = provider.chacha20Poly1305(bytes(32));
        for (int i = 0; i < 2000; i++) {
            byte[] garbage = bytes(random.nextInt(200));
            assertEquals(Aead.REFUSED, aead.open(random.nextLong(), garbage, 0, garbage.length));
        }
    }

    private static void assertGuardsHold(byte[] before, byte[] after, int offset, int length) {
        assertArrayEquals(Arrays.copyOf(before, offset), Arrays.copyOf(after, offset));
        assertArrayEquals(
                Arrays.copyOfRange(before, offset + length, before.length),
                Arrays.copyOfRange(after, offset + length, after.length));
    }

    /** The content at an offset, room for a tag behind it, noise all around. */
    private byte[] frame(byte[] content, int offset) {
        byte[] array = bytes(offset + content.length + Aead.TAG_LENGTH + GUARD);
        System.arraycopy(content, 0, array, offset, content.length);
        return array;
    }

    private static byte[] bouncyCastle(byte[] key, long counter, byte[] in)
            throws InvalidCipherTextException {
        byte[] nonce = new byte[12];
        for (int i = 0; i < 8; i++) {
            nonce[4 + i] = (byte) (counter >>> (8 * i));
        }
        ChaCha20Poly1305 cipher = new ChaCha20Poly1305();
        cipher.init(true, new ParametersWithIV(new KeyParameter(key), nonce));
        byte[] out = new byte[cipher.getOutputSize(in.length)];
        int length = cipher.processBytes(in, 0, in.length, out, 0);
        cipher.doFinal(out, length);
        return out;
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
