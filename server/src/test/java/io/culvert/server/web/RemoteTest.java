package io.culvert.server.web;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culvert.ip.IpAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** What a client's handshakes are limited by. */
final class RemoteTest {
    private static final IpAddress V4 = IpAddress.parse("192.0.2.1");

    @Test
    void anAddressIsTheSource() {
        assertEquals("c000020101bb", hex(new Remote(V4, 443, true).source(_ -> false, 7)));
        Remote v6 = new Remote(IpAddress.parse("2001:db8::1"), 443, true);
        assertEquals("20010db800000000000000000000000101bb", hex(v6.source(_ -> false, 7)));
    }

    @Test
    void behindASilentUnixSocketEachConnectionIsASourceOfItsOwn() {
        Remote unix = new Remote(null, 0, false);
        assertEquals("0000000000000007", hex(unix.source(_ -> false, 7)));
        assertEquals("0000000000000008", hex(unix.source(_ -> false, 8)));
    }

    @Test
    void soIsEachBehindAnAddressThatStandsForMany() {
        Remote proxy = new Remote(V4, 443, true);
        assertArrayEquals(new byte[] {0, 0, 0, 0, 0, 0, 0, 9}, proxy.source(V4::equals, 9));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
