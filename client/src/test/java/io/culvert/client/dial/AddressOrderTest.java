package io.culvert.client.dial;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressOrderTest {
    private static List<InetAddress> of(String... literals) {
        return Arrays.stream(literals).map(InetAddress::ofLiteral).toList();
    }

    @Test
    void takesFamiliesInTurnsWithIpv6First() {
        assertEquals(
                of("2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "192.0.2.3"),
                AddressOrder.interleave(
                        of("192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1", "2001:db8::2")));
    }

    @Test
    void keepsTheOrderOfOneFamily() {
        assertEquals(
                of("192.0.2.9", "192.0.2.1"),
                AddressOrder.interleave(of("192.0.2.9", "192.0.2.1")));
        assertEquals(
                of("2001:db8::9", "2001:db8::1"),
                AddressOrder.interleave(of("2001:db8::9", "2001:db8::1")));
    }

    @Test
    void namesNoAddressTwice() {
        assertEquals(
                of("192.0.2.1", "192.0.2.2"),
                AddressOrder.interleave(of("192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.1")));
    }

    @Test
    void cutsNamesWithVeryManyAddresses() {
        List<InetAddress> many = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            many.add(InetAddress.ofLiteral("192.0.2." + i));
        }
        assertEquals(AddressOrder.MOST, AddressOrder.interleave(many).size());
    }

    @Test
    void makesNothingOfNothing() {
        assertEquals(List.of(), AddressOrder.interleave(List.of()));
    }
}
