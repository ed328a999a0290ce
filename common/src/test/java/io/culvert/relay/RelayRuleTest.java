package io.culvert.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RelayRuleTest {
    @ParameterizedTest
    @CsvSource({
        "1, 148, true, true",
        "1, 147, false, false",
        "1, 149, false, false",
        "2, 92, true, true",
        "2, 93, false, false",
        "3, 64, true, true",
        "3, 63, false, false",
        "4, 32, true, false",
        "4, 1452, true, false",
        "4, 65507, true, false",
        "4, 31, false, false",
        "0, 148, false, false",
        "5, 148, false, false",
        "257, 148, false, false", // a reserved byte
    })
    void knowsWireGuardByTypeAndLength(int type, int length, boolean passes, boolean isUrgent) {
        byte[] datagram = new byte[length + 3];
        datagram[3] = (byte) type;
        datagram[4] = (byte) (type >> 8);
        assertEquals(passes, RelayRule.WIREGUARD.admits(datagram, 3, length));
        assertEquals(isUrgent, RelayRule.WIREGUARD.isUrgent(datagram, 3, length));
        assertTrue(RelayRule.ANY.admits(datagram, 3, length));
        assertEquals(isUrgent, RelayRule.ANY.isUrgent(datagram, 3, length));
    }

    @Test
    void neverThrows() {
        SplittableRandom random = new SplittableRandom(7);
        byte[] array = new byte[256];
        for (int i = 0; i < 100_000; i++) {
            random.nextBytes(array);
            array[0] = (byte) random.nextInt(6);
            int length = random.nextInt(array.length + 1);
            boolean passes = RelayRule.WIREGUARD.admits(array, 0, length);
            assertTrue(!passes || length >= 32, () -> "length " + length);
        }
        assertFalse(RelayRule.ANY.admits(array, 0, 0));
    }
}
