package io.culvert.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The trie against a plain list of prefixes, under random changes. */
final class AllowedIpsRandomTest {
    private static final int OWNERS = 12;

    private final AllowedIps<Integer> table = new AllowedIps<>();
    private final Map<IpPrefix, Integer> model = new HashMap<>();

    @Test
    void agreesWithAListUnderRandomChanges() {
        long seed = new Random().nextLong();
        System.out.println("AllowedIpsRandomTest seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 30_000; i++) {
            change(random);
            IpAddress address = address(random);
            assertEquals(naive(address), table.lookup(address), () -> "lookup of " + address);
            assertEquals(model.size(), table.size());
            if (i % 500 == 0) {
                compareOwners();
            }
        }
        for (IpPrefix prefix : new ArrayList<>(model.keySet())) {
            assertEquals(model.remove(prefix), table.remove(prefix));
        }
        for (int i = 0; i < 1000; i++) {
            assertEquals(null, table.lookup(address(random)));
        }
    }

    private void change(Random random) {
        IpPrefix prefix = prefix(random);
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5, 6 -> {
                assertEquals(model.remove(prefix.masked()), table.remove(prefix));
            }
            case 7 -> {
                List<IpPrefix> known = new ArrayList<>(model.keySet());
                if (!known.isEmpty()) {
                    IpPrefix victim = known.get(random.nextInt(known.size()));
                    assertEquals(model.remove(victim), table.remove(victim));
                }
            }
            case 8 -> {
                int owner = random.nextInt(OWNERS);
                table.removeAll(owner);
                model.values().removeIf(value -> value == owner);
            }
            default -> {
                int owner = random.nextInt(OWNERS);
                assertEquals(model.put(prefix.masked(), owner), table.put(prefix, owner));
            }
        }
    }

    private void compareOwners() {
        for (int owner = 0; owner < OWNERS; owner++) {
            int wanted = owner;
            List<IpPrefix> expected =
                    model.entrySet().stream()
                            .filter(entry -> entry.getValue() == wanted)
                            .map(Map.Entry::getKey)
                            .toList();
            assertEquals(new HashSet<>(expected), new HashSet<>(table.prefixesOf(owner)));
            assertEquals(expected.size(), table.prefixesOf(owner).size());
        }
    }

    private @Nullable Integer naive(IpAddress address) {
        Integer best = null;
        int bestLength = -1;
        for (Map.Entry<IpPrefix, Integer> entry : model.entrySet()) {
            IpPrefix prefix = entry.getKey();
            if (prefix.contains(address) && prefix.length() > bestLength) {
                bestLength = prefix.length();
                best = entry.getValue();
            }
        }
        return best;
    }

    private static IpPrefix prefix(Random random) {
        IpAddress address = address(random);
        return new IpPrefix(address, random.nextInt(address.bits() + 1));
    }

    /** Few bits differ, so that prefixes meet often. */
    private static IpAddress address(Random random) {
        byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
        for (int flips = random.nextInt(4); flips > 0; flips--) {
            int bit = random.nextInt(bytes.length * 8);
            bytes[bit / 8] ^= (byte) (0x80 >>> (bit % 8));
        }
        return IpAddress.of(bytes);
    }
}
