package io.culvert.carrier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetSocketAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class RemoteAddressTest {
    private static final InetSocketAddress V4 = new InetSocketAddress("192.0.2.1", 443);
    private static final InetSocketAddress V6 = new InetSocketAddress("2001:db8::1", 51_820);

    @Test
    void bracketsKeepAnIpv6AddressFromItsPort() {
        assertEquals("192.0.2.1:443", RemoteAddress.text(V4));
        assertEquals("[2001:db8:0:0:0:0:0:1]:51820", RemoteAddress.text(V6));
    }

    @Test
    void sourceIsTheAddressAndThenThePort() {
        assertArrayEquals(HexFormat.of().parseHex("c000020101bb"), RemoteAddress.source(V4));
        assertArrayEquals(
                HexFormat.of().parseHex("20010db8000000000000000000000001ca6c"),
                RemoteAddress.source(V6));
    }
}
