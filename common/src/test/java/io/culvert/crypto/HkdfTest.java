package io.culvert.crypto;

import static io.culvert.crypto.Vectors.counting;
import static io.culvert.crypto.Vectors.hex;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * KDF1 to KDF3 against the triples that wireguard-go's {@code kdf_test.go} publishes, and two more
 * computed with CPython's {@code hmac} and {@code hashlib}.
 */
final class HkdfTest {
    private static final String[][] TRIPLES = {
        {
            "746573742d6b6579",
            "746573742d696e707574",
            "6f0e5ad38daba1bea8a0d213688736f19763239305e0f58aba697f9ffc41c633",
            "df1194df20802a4fe594cde27e92991c8cae66c366e8106aaa937a55fa371e8a",
            "fac6e2745a325f5dc5d11a5b165aad08b0ada28e7b4e666b7c077934a4d76c24",
        },
        {
            "776972656775617264",
            "776972656775617264",
            "491d43bbfdaa8750aaf535e334ecbfe5129967cd64635101c566d4caefda96e8",
            "1e71a379baefd8a79aa4662212fcafe19a23e2b609a3db7d6bcba8f560e3d25f",
            "31e1ae48bddfbe5de38f295e5452b1909a1b4e38e183926af3780b0c1e1f0160",
        },
        {
            "",
            "",
            "8387b46bf43eccfcf349552a095d8315c4055beb90208fb1be23b894bc2ed5d0",
            "58a0e5f6faefccf4807bff1f05fa8a9217945762040bcec2f4b4a62bdfe0e86e",
            "0ce6ea98ec548f8e281e93e32db65621c45eb18dc6f0a7ad94178610a2f7338e",
        },
        {
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
            "",
            "7a38c34bf2b8738d7374ca77c44ecb309a11d2b2528304fa86052c365e722624",
            "1a17621f346abdc520746a9fb64d8eb03231d674fc15687537b0780fd9c060fd",
            "4eaf02809ac4b930ef63479de62275f1c55656e61f78a3cc653c18a2223d6c5f",
        },
        {
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
            "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
            "6a96444e20e8d4c1cee974416acae1c10b3c92886010e54ed94dafb2c3b80ea0",
            "57af120b0de7acbe7907ec149c5ae870a2dbb74232b65777ba4123f1f7f888f5",
            "0926c7caabb6e8d73beda759e6f4f0d324ce5b5000bcf8cd784b26db3049faa9",
        },
    };

    @Test
    void givesOneTwoAndThreeOutputs() {
        for (String[] triple : TRIPLES) {
            for (int count = 1; count <= 3; count++) {
                byte[][] outputs = new byte[count][32];
                Hkdf.expand(hex(triple[0]), hex(triple[1]), outputs);
                for (int i = 0; i < count; i++) {
                    assertEquals(triple[2 + i], hex(outputs[i]));
                }
            }
        }
    }

    @Test
    void anOutputMayReplaceTheChainingKeyOrTheInput() {
        String[] triple = TRIPLES[4];
        byte[] chainingKey = hex(triple[0]);
        byte[] input = hex(triple[1]);
        byte[] third = new byte[32];
        Hkdf.expand(chainingKey, input, chainingKey, input, third);
        assertEquals(triple[2], hex(chainingKey));
        assertEquals(triple[3], hex(input));
        assertEquals(triple[4], hex(third));
    }

    @Test
    void leavesChainingKeyAndInputAlone() {
        byte[] chainingKey = counting(32);
        byte[] input = counting(32);
        Hkdf.expand(chainingKey, input, new byte[32], new byte[32]);
        assertArrayEquals(counting(32), chainingKey);
        assertArrayEquals(counting(32), input);
    }

    @Test
    void refusesNoneOrFourOutputs() {
        byte[] key = counting(32);
        assertThrows(IllegalArgumentException.class, () -> Hkdf.expand(key, key));
        byte[][] four = new byte[4][32];
        assertThrows(IllegalArgumentException.class, () -> Hkdf.expand(key, key, four));
        assertEquals(0, Arrays.stream(four).mapToInt(out -> out[0]).sum());
    }
}
