package io.culvert.client.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class UdpPathTest {
    private static final InetAddress FIRST = InetAddress.ofLiteral("192.0.2.7");
    private static final InetAddress SECOND = InetAddress.ofLiteral("2001:db8::7");
    private static final InetAddress THIRD = InetAddress.ofLiteral("192.0.2.8");

    @Test
    void addressesTakeTurns() {
        assertEquals(SECOND, UdpPath.after(FIRST, List.of(FIRST, SECOND)));
        assertEquals(FIRST, UdpPath.after(SECOND, List.of(FIRST, SECOND)));
        assertEquals(FIRST, UdpPath.after(FIRST, List.of(FIRST)));
    }

    @Test
    void hostThatMovedIsFollowed() {
        assertEquals(THIRD, UdpPath.after(FIRST, List.of(THIRD, SECOND)));
    }
}
