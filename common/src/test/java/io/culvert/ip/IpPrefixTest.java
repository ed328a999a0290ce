package io.culvert.ip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.Hex;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses and prefixes: text in and out, and what lies in what. */
final class IpPrefixTest {
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "10.8.0.2, 10.8.0.2",
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "fd08::2, fd08::2",
        "FD08:0:0:0:0:0:0:2, fd08::2",
        // RFC 5952 §4
        "2001:db8::0001, 2001:db8::1",
        "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
        "1:0:0:0:0:0:0:0, 1::",
        "0:0:0:0:0:0:0:1, ::1",
        "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304",
        "::ffff:1.2.3.4, ::ffff:1.2.3.4",
        "::ffff:102:304, ::ffff:1.2.3.4",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
    })
    void readsAnAddressAndWritesItCanonically(String text, String canonical) {
        IpAddress address = IpAddress.parse(text);
        assertEquals(canonical, address.toString());
        assertEquals(address, IpAddress.parse(canonical));
        assertEquals(address, IpAddress.of(address.toBytes()));
        assertEquals(address.bits() / 8, address.toBytes().length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "10",
                "10.0.0",
                "10.0.0.0.0",
                "10.0.0.256",
                "10.0.0.01",
                "010.0.0.1",
                "10.0.0.",
                ".10.0.0",
                "10..0.1",
                "10.0.0.-1",
                "10.0.0.+1",
                "10.0.0.1 ",
                " 10.0.0.1",
                "0x0a.0.0.1",
                "10.0.0.１",
                "10.0.0.99999999999",
                "example.com",
                "localhost",
                ":",
                ":::",
                "1",
                "1:2",
                ":1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "1::2::3",
                "1:::2",
                "12345::",
                "g::",
                "fe80::1%eth0",
                "fe80::1%1",
                "10.0.0.1%1",
                "[::1]",
                "1.2.3.4::",
                "::1.2.3.4:5",
                "::1.2.3",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::１",
                "::-1",
            })
    void refusesWhatIsNoAddress(String text) {
        IllegalArgumentException error =
                assertThrows(IllegalArgumentException.class, () -> IpAddress.parse(text));
        assertTrue(
                String.valueOf(error.getMessage()).contains("'" + text + "'"), error.getMessage());
        assertEquals(1, String.valueOf(error.getMessage()).lines().count());
    }

    @Test
    void agreesWithTheJdkOnRandomAddresses() throws UnknownHostException {
        long seed = new Random().nextLong();
        System.out.println("IpPrefixTest seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = new byte[random.nextBoolean() ? 16 : 4];
            for (int k = 0; k < bytes.length; k++) {
                bytes[k] = (byte) (random.nextInt(3) == 0 ? random.nextInt() : 0);
            }
            IpAddress address = IpAddress.of(bytes);
            assertArrayEquals(
                    InetAddress.getByName(address.toString()).getAddress().length == 4
                            ? InetAddress.getByAddress(bytes).getAddress()
                            : bytes,
                    InetAddress.getByName(address.toString()).getAddress());
            assertEquals(address, IpAddress.parse(address.toString()));
            assertEquals(address, IpAddress.of(address.toInetAddress()));
        }
    }

    @Test
    void keepsAMappedAddressInItsFamily() {
        assertTrue(IpAddress.parse("::ffff:1.2.3.4").toInetAddress() instanceof Inet6Address);
        assertEquals("00000000000000000000ffff01020304", hex("::ffff:1.2.3.4"));
    }

    private static String hex(String text) {
        return Hex.encode(IpAddress.parse(text).toBytes());
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0/8, 10.0.0.0/8",
        "10.1.2.3/8, 10.1.2.3/8, 10.0.0.0/8",
        "10.1.2.3, 10.1.2.3/32, 10.1.2.3/32",
        "10.1.2.3/0, 10.1.2.3/0, 0.0.0.0/0",
        "255.255.255.255/31, 255.255.255.255/31, 255.255.255.254/31",
        "::/0, ::/0, ::/0",
        "fd08::2, fd08::2/128, fd08::2/128",
        "fd08::2/64, fd08::2/64, fd08::/64",
        "1:2:3:ffff::1/63, 1:2:3:ffff::1/63, 1:2:3:fffe::/63",
        "1::ffff/127, 1::ffff/127, 1::fffe/127",
        "1:2:3:4:8000::/65, 1:2:3:4:8000::/65, 1:2:3:4:8000::/65",
    })
    void readsAPrefixAndKeepsHostBitsUntilMasked(String text, String canonical, String masked) {
        IpPrefix prefix = IpPrefix.parse(text);
        assertEquals(canonical, prefix.toString());
        assertEquals(masked, prefix.masked().toString());
        assertEquals(prefix.masked(), prefix.masked().masked());
        assertEquals(prefix.isIpv6(), text.contains(":"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8/8", "/8",
                "10.0.0.0/255.0.0.0", "::/129", "::/1000", "::/+1", "::/ 1", "10.0.0.0 /8",
                "example.com/24", "10.0.0.0/99999999999"
            })
    void refusesWhatIsNoPrefix(String text) {
        IllegalArgumentException error =
                assertThrows(IllegalArgumentException.class, () -> IpPrefix.parse(text));
        assertEquals(1, String.valueOf(error.getMessage()).lines().count());
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "0.0.0.0/0, 255.1.2.3, true",
        "0.0.0.0/0, ::, false",
        "::/0, 0.0.0.0, false",
        "::/0, ffff::, true",
        "10.0.0.1/32, 10.0.0.1, true",
        "10.0.0.1/32, 10.0.0.0, false",
        "fd08::/64, fd08::ffff:0:0:1, true",
        "fd08::/64, fd08:0:0:1::1, false",
        "fd08::/65, fd08::8000:0:0:0, false",
        "fd08::1/128, fd08::1, true",
        "fd08::1/128, fd08::2, false",
    })
    void containsAddresses(String prefix, String address, boolean isInside) {
        assertEquals(isInside, IpPrefix.parse(prefix).contains(IpAddress.parse(address)));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.1.0.0/16, true",
        "10.1.0.0/16, 10.0.0.0/8, false",
        "10.1.2.3/16, 10.1.9.9/16, true",
        "10.0.0.0/16, 10.1.0.0/16, false",
        "0.0.0.0/0, ::/0, false",
        "::/0, fd08::/64, true",
    })
    void containsPrefixes(String one, String other, boolean contains) {
        assertEquals(contains, IpPrefix.parse(one).contains(IpPrefix.parse(other)));
    }

    @Test
    void handsOutCopiesOfTheBytes() {
        IpPrefix prefix = IpPrefix.parse("10.1.2.3/24");
        prefix.address()[0] = 99;
        assertEquals("0a010203", Hex.encode(prefix.address()));
        assertFalse(prefix.isIpv6());
        assertEquals(24, prefix.length());
    }

    @Test
    void refusesImpossibleParts() {
        assertThrows(IllegalArgumentException.class, () -> IpAddress.of(new byte[5]));
        assertThrows(IllegalArgumentException.class, () -> new IpAddress(1, 0, false));
        assertThrows(IllegalArgumentException.class, () -> new IpPrefix(IpAddress.parse("::"), -1));
    }
}
