package io.culvert.netstack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.culvert.ip.IpAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FlowTableTest {
    private record Entry(FlowKey key, int number) implements Keyed {}

    @Test
    void holdsWhatAMapHolds() {
        long seed = Long.getLong("culvert.seed", System.nanoTime());
        System.out.println("flow table seed " + seed);
        Random random = new Random(seed);
        FlowTable<Entry> table = new FlowTable<>(new SipHash(new byte[16]));
        Map<FlowKey, Entry> model = new HashMap<>();
        IpAddress local = IpAddress.parse("10.0.0.1");
        for (int i = 0; i < 50_000; i++) {
            IpAddress remote = new IpAddress((long) random.nextInt(4) << 32, 0, false);
            FlowKey key =
                    new FlowKey(
                            new Endpoint(local, random.nextInt(30)),
                            new Endpoint(remote, random.nextInt(10)));
            Entry known = model.get(key);
            if (known == null || random.nextInt(3) == 0) {
                Entry entry = new Entry(key, i);
                table.put(entry);
                model.put(key, entry);
            } else {
                table.remove(known);
                model.remove(key);
            }
            assertEquals(model.size(), table.size());
        }
        for (Map.Entry<FlowKey, Entry> each : model.entrySet()) {
            assertSame(each.getValue(), table.find(each.getKey()));
        }
        assertNull(table.find(new FlowKey(new Endpoint(local, 99), new Endpoint(local, 1))));
    }

    /** {@code openssl mac … SIPHASH} with key 00…0f, size 8, of 00…27: d0a704536ba93e0e. */
    @Test
    void sipHashIsThatOfOpenssl() {
        byte[] key = new byte[16];
        byte[] input = new byte[40];
        for (int i = 0; i < 40; i++) {
            input[i] = (byte) i;
            key[i % 16] = (byte) (i % 16);
        }
        long[] words = new long[5];
        for (int i = 0; i < 5; i++) {
            words[i] = io.culvert.bytes.LittleEndian.getLong(input, 8 * i);
        }
        long hash = new SipHash(key).of(words[0], words[1], words[2], words[3], words[4]);
        assertEquals(Long.parseUnsignedLong("0e3ea96b5304a7d0", 16), hash);
    }
}
