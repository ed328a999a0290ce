package io.culvert.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.Hex;
import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Longest prefix wins, a prefix has one owner, and what is taken away is gone. */
final class AllowedIpsTest {
    private final AllowedIps<String> table = new AllowedIps<>();

    private void put(String prefix, String owner) {
        assertNull(table.put(IpPrefix.parse(prefix), owner));
    }

    private String lookup(String address) {
        String owner = table.lookup(IpAddress.parse(address));
        return owner == null ? "nobody" : owner;
    }

    private void fill() {
        put("0.0.0.0/0", "default");
        put("10.0.0.0/8", "ten");
        put("10.1.0.0/16", "office");
        put("10.1.2.3/32", "host");
        put("10.1.2.2/31", "pair");
        put("192.168.0.0/17", "low");
        put("192.168.128.0/17", "high");
        put("fd08::/16", "ula");
        put("fd08::/64", "net");
        put("fd08:0:0:0:8000::/65", "half");
        put("fd08::2/128", "phone");
        put("fd08::3/128", "laptop");
    }

    @ParameterizedTest
    @CsvSource({
        "1.2.3.4, default",
        "255.255.255.255, default",
        "0.0.0.0, default",
        "10.2.0.0, ten",
        "10.255.255.255, ten",
        "11.0.0.0, default",
        "9.255.255.255, default",
        "10.1.0.0, office",
        "10.1.2.1, office",
        "10.1.2.2, pair",
        "10.1.2.3, host",
        "10.1.2.4, office",
        "192.168.127.255, low",
        "192.168.128.0, high",
        "192.169.0.0, default",
        "::, nobody",
        "fd08:1::1, ula",
        "fd08::1, net",
        "fd08::2, phone",
        "fd08::3, laptop",
        "fd08::4, net",
        "fd08::8000:0:0:2, half",
        "fd08:0:0:1::2, ula",
        "fd09::2, nobody",
        "::ffff:10.1.2.3, nobody",
    })
    void findsTheLongestPrefix(String address, String owner) {
        fill();
        assertEquals(owner, lookup(address));
        byte[] bytes = IpAddress.parse(address).toBytes();
        byte[] shifted = new byte[bytes.length + 3];
        System.arraycopy(bytes, 0, shifted, 3, bytes.length);
        String found = table.lookup(shifted, 3, bytes.length == 16);
        assertEquals(owner, found == null ? "nobody" : found);
    }

    @Test
    void readsSourceAndDestinationOfPackets() {
        fill();
        byte[] four = Hex.decode("ffff 45000014000000004011 0000 0a010203 c0a80001");
        assertEquals("host", table.lookupSource(four, 2));
        assertEquals("low", table.lookupDestination(four, 2));
        byte[] six =
                Hex.decode(
                        "ff 6000000000003b40 fd080000000000000000000000000002"
                                + "fd080000000000000000000000000003");
        assertEquals("phone", table.lookupSource(six, 1));
        assertEquals("laptop", table.lookupDestination(six, 1));
    }

    @Test
    void findsNobodyInAnEmptyTable() {
        assertEquals("nobody", lookup("1.2.3.4"));
        assertEquals("nobody", lookup("::1"));
        assertEquals(List.of(), table.prefixesOf("a"));
        assertNull(table.remove(IpPrefix.parse("::/0")));
        table.removeAll("a");
        assertEquals(0, table.size());
    }

    @Test
    void takesAPrefixFromItsFormerOwner() {
        put("10.0.0.0/24", "a");
        put("10.0.1.0/24", "a");
        assertEquals("a", table.put(IpPrefix.parse("10.0.0.77/24"), "b"));
        assertEquals("b", lookup("10.0.0.1"));
        assertEquals(List.of(IpPrefix.parse("10.0.1.0/24")), table.prefixesOf("a"));
        assertEquals(List.of(IpPrefix.parse("10.0.0.0/24")), table.prefixesOf("b"));
        assertEquals("b", table.put(IpPrefix.parse("10.0.0.0/24"), "b"));
        assertEquals(1, table.prefixesOf("b").size());
        assertEquals(2, table.size());
    }

    @Test
    void fallsBackToShorterPrefixesWhenOneIsRemoved() {
        fill();
        String[][] steps = {
            {"10.1.2.3/32", "host", "pair"},
            {"10.1.2.2/31", "pair", "office"},
            {"10.1.0.0/16", "office", "ten"},
            {"10.0.0.0/8", "ten", "default"},
            {"0.0.0.0/0", "default", "nobody"},
        };
        for (String[] step : steps) {
            assertEquals(step[1], table.remove(IpPrefix.parse(step[0])));
            assertNull(table.remove(IpPrefix.parse(step[0])));
            assertEquals(step[2], lookup("10.1.2.3"));
        }
        assertEquals("high", lookup("192.168.200.1"));
    }

    @Test
    void removesExactlyThePrefixThatIsNamed() {
        put("10.1.0.0/16", "a");
        put("10.2.0.0/16", "b");
        assertNull(table.remove(IpPrefix.parse("10.0.0.0/14"))); // where the paths part
        assertNull(table.remove(IpPrefix.parse("10.0.0.0/8")));
        assertNull(table.remove(IpPrefix.parse("10.1.0.0/17")));
        assertNull(table.remove(IpPrefix.parse("10.3.0.0/16")));
        assertEquals("a", lookup("10.1.1.1"));
        assertEquals("b", lookup("10.2.1.1"));
    }

    @Test
    void givesAnOwnerToTheNodeWherePathsPart() {
        put("10.0.0.0/9", "a");
        put("10.128.0.0/9", "b");
        put("10.0.0.0/8", "c");
        assertEquals("a", table.remove(IpPrefix.parse("10.0.0.0/9")));
        assertEquals("c", lookup("10.0.0.1"));
        assertEquals("b", lookup("10.128.0.1"));
        assertEquals("c", table.remove(IpPrefix.parse("10.0.0.0/8")));
        assertEquals("nobody", lookup("10.0.0.1"));
        assertEquals("b", lookup("10.128.0.1"));
    }

    @Test
    void removesAllOfOneOwner() {
        put("0.0.0.0/0", "a");
        put("::/0", "a");
        put("10.0.0.0/8", "b");
        put("10.1.0.0/16", "a");
        assertEquals(3, table.prefixesOf("a").size());
        table.removeAll("a");
        assertEquals("b", lookup("10.1.1.1"));
        assertEquals("nobody", lookup("11.1.1.1"));
        assertEquals("nobody", lookup("::1"));
        assertTrue(table.prefixesOf("a").isEmpty());
        assertEquals(1, table.size());
    }

    @Test
    void listsPrefixesInTheOrderTheyCame() {
        for (String prefix : new String[] {"10.9.0.0/16", "fd08::/64", "10.1.0.0/16"}) {
            put(prefix, "a");
        }
        assertEquals("[10.9.0.0/16, fd08::/64, 10.1.0.0/16]", table.prefixesOf("a").toString());
    }
}
