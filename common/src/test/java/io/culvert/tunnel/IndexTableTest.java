package io.culvert.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.culvert.crypto.PresharedKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The index table against a hash map, with indices that collide on purpose. */
final class IndexTableTest {
    private final Peer<String> peer = peer();

    private static Peer<String> peer() {
        Rig rig = new Rig();
        return rig.host(1).add(rig.host(2), PresharedKey.NONE, 0);
    }

    private IndexTable.Entry<String> entry() {
        return new IndexTable.Entry<>(peer, null);
    }

    @Test
    void agreesWithAHashMapOverRandomOperations() {
        long seed = System.nanoTime();
        System.out.println("index table: seed " + seed);
        Random random = new Random(seed);
        IndexTable<String> table = new IndexTable<>(random);
        Map<Integer, IndexTable.Entry<String>> model = new HashMap<>();
        for (int i = 0; i < 300_000; i++) {
            // few home slots, so that runs of collisions wrap around the end of the table
            int index = (random.nextInt(40) << 20) | ((random.nextInt(8) - 4) & 0xfff);
            switch (random.nextInt(3)) {
                case 0 -> {
                    IndexTable.Entry<String> entry = entry();
                    table.put(index, entry);
                    model.put(index, entry);
                }
                case 1 -> {
                    table.remove(index);
                    model.remove(index);
                }
                default -> assertSame(model.get(index), table.get(index), "seed " + seed);
            }
            assertEquals(model.size(), table.size(), "seed " + seed);
        }
        model.forEach((index, entry) -> assertSame(entry, table.get(index), "seed " + seed));
    }

    @Test
    void freshIndicesNameNothingYet() {
        int[] draws = {5, 5, 0, 5, 0, 7};
        Random scripted =
                new Random() {
                    private static final long serialVersionUID = 1;
                    private int at;

                    @Override
                    public int nextInt() {
                        return draws[at++];
                    }
                };
        IndexTable<String> table = new IndexTable<>(scripted);
        table.put(table.freshIndex(), entry());
        table.put(table.freshIndex(), entry());
        assertEquals(7, table.freshIndex());
    }

    @Test
    void zeroIsAnIndexLikeAnyOther() {
        IndexTable<String> table = new IndexTable<>(new Random(1));
        assertNull(table.get(0));
        IndexTable.Entry<String> entry = entry();
        table.put(0, entry);
        assertSame(entry, table.get(0));
        table.remove(0);
        assertNull(table.get(0));
        table.remove(0);
        assertEquals(0, table.size());
    }

    @Test
    void aSecondEntryReplacesTheFirst() {
        IndexTable<String> table = new IndexTable<>(new Random(1));
        table.put(9, entry());
        IndexTable.Entry<String> second = entry();
        table.put(9, second);
        assertSame(second, table.get(9));
        assertEquals(1, table.size());
    }

    @Test
    void aHundredThousandIndicesAreAllFoundAndAllGo() {
        IndexTable<String> table = new IndexTable<>(new Random(2));
        IndexTable.Entry<String> entry = entry();
        int[] indices = new int[100_000];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = table.freshIndex();
            table.put(indices[i], entry);
        }
        for (int index : indices) {
            assertSame(entry, table.get(index));
        }
        assertNotEquals(0, table.size());
        for (int index : indices) {
            table.remove(index);
            assertNull(table.get(index));
        }
        assertEquals(0, table.size());
    }
}
