package io.culvert.crypto;

import static io.culvert.crypto.Vectors.counting;
import static io.culvert.crypto.Vectors.hex;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bouncycastle.crypto.digests.Blake2sDigest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** RFC 7693's vectors, and values of CPython's {@code hashlib} where the RFC gives none. */
final class Blake2sTest {
    @Test
    void hashesTheExampleOfAppendixB() {
        assertEquals(
                "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982",
                hex(Blake2s.hash256("abc".getBytes(StandardCharsets.US_ASCII))));
    }

    /** Appendix E: one hash over hashes of six lengths in four sizes, keyed and not. */
    @Test
    void passesTheSelfTestOfAppendixE() {
        Blake2sDigest grand = new Blake2sDigest();
        for (int size : new int[] {16, 20, 28, 32}) {
            for (int length : new int[] {0, 3, 64, 65, 255, 1024}) {
                byte[] in = sequence(length);
                byte[] key = sequence(size);
                byte[] plain = size == 32 ? Blake2s.hash256(in) : digest(null, size, in);
                byte[] keyed = size == 16 ? Blake2s.mac128(key, in) : digest(key, size, in);
                grand.update(plain, 0, size);
                grand.update(keyed, 0, size);
            }
        }
        byte[] result = new byte[32];
        grand.doFinal(result, 0);
        assertEquals(
                "6a411f08ce25adcdfb02aba641451cec53c598b24f4fc787fbdc88797f4c1dfe", hex(result));
    }

    /** hashlib.blake2s(bytes(range(n)), key=bytes(range(k)), digest_size=16), CPython. */
    @Test
    void macsAsHashlibDoes() {
        String[][] expected = {
            {"0", "9536f9b267655743dee97b8a670f9f53", "af4e5d3bb230e9ff9096ca6f7c501f76"},
            {"1", "13bacfb85b48a1223c595f8c1e7e82cb", "881e42e7bb358082637c0a0fd7ec6c2f"},
            {"32", "c43b5e836af88620a8a71b1652cb8640", "6b363e9519590c23cda5d0e30b29e1f1"},
            {"64", "f1efa90d2547036841ecd3627fafbc36", "dd55c51c98f8ab96ed272882941f0b6a"},
            {"116", "072e94ffbfc684bd8ab2a1b9dade2fd5", "b9b1bbba1b59e4349d1018f97d243fca"},
            {"132", "6d19534b4c332741c8ddd79a9644de2d", "b03d1196bdcfaad40f911db86b79ac7e"},
        };
        for (String[] row : expected) {
            byte[] data = counting(Integer.parseInt(row[0]));
            assertEquals(row[1], hex(Blake2s.mac128(counting(32), data)), row[0]);
            assertEquals(row[2], hex(Blake2s.mac128(counting(16), data)), row[0]);
        }
    }

    @Test
    void macOfARangeIsTheMacOfItsCopy() {
        byte[] data = counting(200);
        for (int offset = 0; offset < 70; offset += 7) {
            int length = data.length - 2 * offset;
            assertArrayEquals(
                    Blake2s.mac128(counting(32), Arrays.copyOfRange(data, offset, offset + length)),
                    Blake2s.mac128(counting(32), data, offset, length));
        }
    }

    @Test
    void partsAreHashedAsIfJoined() {
        byte[] whole = counting(150);
        byte[] head = Arrays.copyOf(whole, 63);
        byte[] tail = Arrays.copyOfRange(whole, 63, 150);
        byte[] none = new byte[0];
        assertArrayEquals(Blake2s.hash256(whole), Blake2s.hash256(head, none, tail));
        assertArrayEquals(
                Blake2s.mac128(counting(32), whole), Blake2s.mac128(counting(32), head, tail));
        assertArrayEquals(
                Blake2s.hmac256(counting(32), whole), Blake2s.hmac256(counting(32), head, tail));
        assertArrayEquals(Blake2s.hash256(), Blake2s.hash256(none));
    }

    @Test
    void hashesIntoItsOwnInput() {
        byte[] state = counting(32);
        byte[] expected = Blake2s.hash256(state, counting(5));
        Blake2s.hash(state, 0, state, counting(5));
        assertArrayEquals(expected, state);
    }

    @Test
    void hashesIntoTheMiddleOfAnArray() {
        byte[] out = new byte[40];
        Blake2s.hash(out, 4, counting(9));
        assertArrayEquals(Blake2s.hash256(counting(9)), Arrays.copyOfRange(out, 4, 36));
        assertEquals(0, out[3] | out[36]);
    }

    /** hmac.new(key, input, hashlib.blake2s), CPython; the last key is longer than a block. */
    @Test
    void hmacsAsPythonDoes() {
        assertEquals(
                "eaf4bb25938f4d20e72656bbbc7a9bf63c0c18537333c35bdb67db1402661acd",
                hex(Blake2s.hmac256(new byte[0])));
        assertEquals(
                "db2309055c2dd6fc95adae6006df9ceee6fdc4906548445a73c8ae80a607c535",
                hex(Blake2s.hmac256(counting(32), Arrays.copyOfRange(counting(64), 32, 64))));
        assertEquals(
                "bf14d7fc47fef928aa28fae52f53407525a9f955f84250127f1789cba7299181",
                hex(Blake2s.hmac256(ascii("k".repeat(65)), ascii("a long input ".repeat(20)))));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] digest(byte @Nullable [] key, int size, byte[] in) {
        Blake2sDigest digest =
                key == null
                        ? new Blake2sDigest(8 * size)
                        : new Blake2sDigest(key, size, null, null);
        digest.update(in, 0, in.length);
        byte[] out = new byte[size];
        digest.doFinal(out, 0);
        return out;
    }

    /** Appendix E's Fibonacci sequence, seeded with its length. */
    private static byte[] sequence(int length) {
        int a = 0xdead4bad * length;
        int b = 1;
        byte[] out = new byte[length];
        for (int i = 0; i < length; i++) {
            int t = a + b;
            a = b;
            b = t;
            out[i] = (byte) (t >>> 24);
        }
        return out;
    }
}
