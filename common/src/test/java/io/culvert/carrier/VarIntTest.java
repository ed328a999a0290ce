package io.culvert.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.culvert.bytes.Hex;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** QUIC's integers, with the examples of RFC 9000 appendix A.1. */
final class VarIntTest {
    @ParameterizedTest
    @CsvSource({
        "25, 37",
        "4025, 37",
        "7bbd, 15293",
        "9d7f3e7d, 494878333",
        "c2197c5eff14e88c, 151288809941952652",
        "00, 0",
        "3f, 63",
        "4040, 64",
        "7fff, 16383",
        "80004000, 16384",
        "bfffffff, 1073741823",
        "c000000040000000, 1073741824",
        "ffffffffffffffff, 4611686018427387903"
    })
    void reads(String hex, long value) {
        byte[] bytes = Hex.decode(hex);
        assertEquals(value, VarInt.get(bytes, 0, bytes.length));
        assertEquals(bytes.length, VarInt.lengthAt(bytes, 0));
        for (int cut = 0; cut < bytes.length; cut++) {
            assertEquals(-1, VarInt.get(bytes, 0, cut), "cut at " + cut);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 63, 64, 16_383, 16_384, 1_073_741_823, 1_073_741_824, (1L << 62) - 1})
    void writesInAsFewBytesAsItTakes(long value) {
        byte[] bytes = new byte[10];
        int end = VarInt.put(bytes, 1, value);
        assertEquals(value, VarInt.get(bytes, 1, end));
        assertEquals(VarInt.length(value), end - 1);
        assertEquals(0, bytes[end]);
    }

    @Test
    void writesInAsManyBytesAsIsSaid() {
        byte[] bytes = new byte[8];
        VarInt.put(bytes, 0, 37, 2);
        assertEquals("4025", Hex.encode(Arrays.copyOf(bytes, 2)));
        VarInt.put(bytes, 0, 37, 8);
        assertEquals("c000000000000025", Hex.encode(bytes));
        assertThrows(IllegalStateException.class, () -> VarInt.put(bytes, 0, 1, 3));
    }
}
