package io.culvert.ip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.ip.TestPackets.Recipe;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Taking an outer header off: the whole table of RFC 6040 §4.2, figure 4. */
final class EcnTest {
    private static final int AF41 = 0x88;

    @ParameterizedTest(name = "inner {0}, outer {1}: {2}")
    @CsvSource({
        "0, 0, 0", "0, 2, 0", "0, 1, 0", "0, 3, -1",
        "2, 0, 2", "2, 2, 2", "2, 1, 1", "2, 3, 3",
        "1, 0, 1", "1, 2, 1", "1, 1, 1", "1, 3, 3",
        "3, 0, 3", "3, 2, 3", "3, 1, 3", "3, 3, 3"
    })
    void mergesTheOuterCodepointIntoTheInnerOne(int inner, int outer, int expected) {
        Recipe four = Recipe.tcp4(1, 5, 9, 40).withTrafficClass(AF41 | inner);
        Recipe six = Recipe.tcp6(1, 9, 40).withTrafficClass(AF41 | inner);
        for (Recipe recipe : new Recipe[] {four, six}) {
            for (int outerDscp : new int[] {0, 0xb8}) {
                byte[] before = TestPackets.tcp(recipe);
                byte[] packet = before.clone();
                assertEquals(expected >= 0, Ecn.decapsulate(outerDscp | outer, packet, 0));
                if (expected < 0 || expected == inner) {
                    assertArrayEquals(before, packet);
                } else {
                    Recipe told = recipe.withTrafficClass(AF41 | expected);
                    assertArrayEquals(TestPackets.tcp(told), packet);
                }
                assertTrue(TestPackets.isRight(packet));
            }
        }
    }
}
