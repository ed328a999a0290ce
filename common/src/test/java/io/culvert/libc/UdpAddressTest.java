package io.culvert.libc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UdpAddressTest {
    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1", "255.255.255.255", "0.0.0.0", "2001:db8::1", "::1", "::"})
    void isTheJdksAddressThereAndBack(String text) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(text), 51_820);
        assertEquals(address, UdpAddress.of(address).toSocketAddress());
    }

    @Test
    void knowsIpv4BehindItsMappedForm() {
        UdpAddress mapped = new UdpAddress(0, 0x0000_ffff_c000_0201L, 9, 0);
        assertTrue(mapped.isIpv4());
        assertTrue(mapped.toSocketAddress().getAddress() instanceof Inet4Address);
        assertEquals("192.0.2.1", mapped.toSocketAddress().getAddress().getHostAddress());
        assertFalse(UdpAddress.of(InetAddress.ofLiteral("::1"), 9).isIpv4());
    }

    @Test
    void namesTheLinkOfALinkLocalAddressOnly() {
        InetAddress local = InetAddress.ofLiteral("fe80::1");
        UdpAddress onLink =
                new UdpAddress(UdpAddress.of(local, 1).high(), UdpAddress.of(local, 1).low(), 1, 3);
        assertTrue(onLink.isLinkLocal());
        assertEquals(
                "fe80:0:0:0:0:0:0:1%3", onLink.toSocketAddress().getAddress().getHostAddress());
        assertFalse(UdpAddress.of(InetAddress.ofLiteral("fec0::1"), 1).isLinkLocal());
        assertFalse(UdpAddress.of(InetAddress.ofLiteral("192.0.2.1"), 1).isLinkLocal());
    }
}
