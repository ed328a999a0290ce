package io.culvert.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.ip.IpAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.junit.jupiter.api.Test;

/** A source that wants more than its share. */
final class SourceSharesTest {
    private static final IpAddress PROXY = IpAddress.parse("192.0.2.9");
    private static final IpAddress FIRST = IpAddress.parse("192.0.2.1");

    private final SourceShares shares = new SourceShares(2, PROXY::equals);

    @Test
    void givesEachSourceItsShare() {
        assertTrue(shares.enter(FIRST));
        assertTrue(shares.enter(FIRST));
        assertFalse(shares.enter(FIRST));
        assertTrue(shares.enter(IpAddress.parse("192.0.2.2")));
        shares.leave(FIRST);
        assertTrue(shares.enter(FIRST));
        assertFalse(shares.enter(FIRST));
    }

    @Test
    void takesTheAddressesOfASubscriberAsOne() {
        assertTrue(shares.enter(IpAddress.parse("2001:db8::1")));
        assertTrue(shares.enter(IpAddress.parse("2001:db8::ffff:2")));
        assertFalse(shares.enter(IpAddress.parse("2001:db8::3")));
        assertTrue(shares.enter(IpAddress.parse("2001:db8:0:1::3")));
    }

    @Test
    void countsNoProxyAndForgetsWhoLeft() {
        for (int i = 0; i < 10; i++) {
            assertTrue(shares.enter(PROXY));
        }
        assertTrue(shares.enter(FIRST));
        assertTrue(shares.enter(FIRST));
        shares.leave(FIRST);
        shares.leave(FIRST);
        assertEquals(0, shares.sources());
    }

    @Test
    void closesConnectionsBeyondTheShareUntilOthersClose() {
        SourceLimit limit = new SourceLimit(shares, Runnable::run);
        List<From> open = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            From endPoint = new From();
            open.add(endPoint);
            limit.onOpened(connection(endPoint));
            limit.onOpened(connection(endPoint)); // its upgrade
        }
        assertTrue(open.get(0).isOpen() && open.get(1).isOpen());
        assertFalse(open.get(2).isOpen());
        limit.onClosed(connection(open.get(0))); // its upgrade
        open.get(0).close();
        limit.onClosed(connection(open.get(0)));
        open.get(1).close(); // and nobody tells
        for (int i = 0; i < 2; i++) {
            From next = new From();
            limit.onOpened(connection(next));
            assertTrue(next.isOpen(), "number " + i);
        }
    }

    @Test
    void boundsConnectionsByTheHeap() {
        WebLimits small = WebLimits.ofHeap(256 << 20);
        assertTrue(small.maxStrangers() > 1000 && small.maxStrangers() < 1500);
        assertEquals(small.maxStrangers() / 8, small.maxPerSource());
        assertTrue(small.maxTunnels() > 3000 && small.maxTunnels() < 4000);
        assertEquals(256, WebLimits.ofHeap(1 << 20).maxStrangers());
        assertEquals(8192, WebLimits.ofHeap(Long.MAX_VALUE).maxStrangers());
        assertTrue(WebLimits.ofHeap(1 << 30).maxTunnels() > 10_000);
    }

    private static AbstractConnection connection(From endPoint) {
        return new AbstractConnection(endPoint, Runnable::run) {
            @Override
            public void onFillable() {}
        };
    }

    /** An end point of the first source. */
    private static final class From extends ByteArrayEndPoint {
        @Override
        public SocketAddress getRemoteSocketAddress() {
            return new InetSocketAddress(FIRST.toInetAddress(), 1234);
        }
    }
}
