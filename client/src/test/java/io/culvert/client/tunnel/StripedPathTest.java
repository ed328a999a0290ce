package io.culvert.client.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierInfo;
import io.culvert.carrier.CarrierListener;
import io.culvert.carrier.Hello;
import io.culvert.client.testkit.Recorder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which connections join, which are sent away, and what the listener hears of it. */
final class StripedPathTest {
    private static final UUID GATEWAY = new UUID(1, 1);
    private static final UUID OTHER = new UUID(2, 2);

    private final Recorder recorder = new Recorder();
    private final List<CarrierListener> lanes = new ArrayList<>();
    private final StripedPath path = new StripedPath(3, recorder, this::pave);

    private PeerPath pave(int lane, CarrierListener listener) {
        assertEquals(lanes.size(), lane);
        lanes.add(listener);
        return new PeerPath.Awaited();
    }

    /** A connection of that lane opens, to that gateway. */
    private Connection open(int lane, UUID gateway) {
        Connection carrier = new Connection("lane " + lane);
        lanes.get(lane).onOpen(carrier);
        hello(lane, carrier, gateway, Hello.LANES);
        return carrier;
    }

    private void hello(int lane, Carrier carrier, UUID gateway, long features) {
        lanes.get(lane).onHello(carrier, new Hello(1, gateway, features, 66_560));
    }

    private long opened() {
        return recorder.events().stream().filter("open"::equals).count();
    }

    private long closed() {
        return recorder.events().stream().filter("closed"::equals).count();
    }

    private int connections() {
        CarrierInfo info = path.info();
        return info == null ? 0 : info.lanes();
    }

    @Test
    void theFirstCarriesBeforeItsHello() {
        lanes.getFirst().onOpen(new Connection("lane 0"));
        assertEquals(1, opened());
        assertEquals(1, connections());
    }

    @Test
    void theListenerHearsOfOneCarrier() {
        open(0, GATEWAY);
        open(1, GATEWAY);
        Connection last = open(2, GATEWAY);
        assertEquals(1, opened());
        assertEquals(3, connections());
        int told = recorder.events().size();
        lanes.get(2).onClosed(last);
        assertEquals(2, connections());
        assertEquals("writable", recorder.events().get(told), "what waited goes by another");
        assertEquals(0, closed());
    }

    @Test
    void itClosesWithTheLastConnectionAndOpensAnew() {
        Connection zero = open(0, GATEWAY);
        Connection one = open(1, GATEWAY);
        lanes.get(0).onClosed(zero);
        lanes.get(1).onClosed(one);
        assertEquals(1, closed());
        assertEquals(0, connections());
        open(2, OTHER);
        assertEquals(2, opened());
        assertEquals(1, connections());
    }

    @Test
    void anotherGatewaysConnectionIsSentAway() {
        open(0, GATEWAY);
        Connection stranger = open(1, OTHER);
        assertTrue(stranger.isClosed);
        assertEquals(1, connections());
        lanes.get(1).onClosed(stranger);
        assertEquals(0, closed());
    }

    @Test
    void theLowestLaneDecidesWhichGatewayItIs() {
        Connection zero = open(0, GATEWAY);
        Connection one = open(1, GATEWAY);
        lanes.get(0).onClosed(zero);
        Connection moved = open(0, OTHER);
        assertTrue(one.isClosed);
        assertFalse(moved.isClosed);
        assertEquals(1, connections());
        assertEquals(1, closed());
        assertEquals(2, opened());
        lanes.get(1).onClosed(one);
        assertEquals(1, closed());
    }

    @Test
    void anOlderGatewayGetsOneConnection() {
        Connection zero = new Connection("lane 0");
        lanes.get(0).onOpen(zero);
        hello(0, zero, GATEWAY, 0);
        Connection one = new Connection("lane 1");
        lanes.get(1).onOpen(one);
        hello(1, one, GATEWAY, 0);
        assertTrue(one.isClosed);
        assertEquals(1, connections());
    }

    @Test
    void datagramsOfAConnectionThatWasSentAwayAreNotHeard() throws Exception {
        open(0, GATEWAY);
        Connection stranger = open(1, OTHER);
        lanes.get(1).onDatagram(stranger, new byte[] {1}, 0, 1);
        lanes.get(0).onDatagram(stranger, new byte[] {2}, 0, 1);
        Connection one = open(1, GATEWAY);
        lanes.get(1).onDatagram(one, new byte[] {3}, 0, 1);
        assertEquals(3, recorder.awaitDatagram()[0]);
    }

    /** A WebSocket's carrier that takes everything and sends nothing. */
    private static final class Connection implements Carrier {
        private final String name;
        boolean isClosed;

        Connection(String name) {
            this.name = name;
        }

        @Override
        public boolean isWritable() {
            return !isClosed;
        }

        @Override
        public byte[] array() {
            return new byte[2048];
        }

        @Override
        public int reserve(int maxLength) {
            return 0;
        }

        @Override
        public void commit(int length) {}

        @Override
        public void flush(long nowNs) {}

        @Override
        public int maxDatagram() {
            return 2048;
        }

        @Override
        public byte[] source() {
            return new byte[6];
        }

        @Override
        public CarrierInfo info() {
            return new CarrierInfo("wss", null, name, CarrierInfo.State.UP, Instant.EPOCH);
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }
}
