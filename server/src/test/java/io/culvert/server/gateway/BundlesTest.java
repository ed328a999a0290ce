package io.culvert.server.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.culvert.carrier.Bundle;
import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierListener;
import io.culvert.carrier.Hello;
import io.culvert.server.testkit.FakeCarrier;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Connections of one client become one carrier; nobody else's do. */
final class BundlesTest {
    private static final UUID CLIENT = new UUID(1, 2);

    private final Log log = new Log();
    private final Bundles bundles = new Bundles(log);

    private FakeCarrier join(UUID instance, int lane) {
        FakeCarrier carrier = new FakeCarrier();
        bundles.onOpen(carrier);
        bundles.onHello(carrier, new Hello(1, instance, Hello.LANES, 66_560, lane));
        return carrier;
    }

    private Carrier heardFrom(Carrier connection) {
        bundles.onDatagram(connection, new byte[32], 0, 32);
        return log.datagramsFrom.getLast();
    }

    @Test
    void aClientOfOneConnectionIsHeardAsItself() {
        FakeCarrier alone = new FakeCarrier();
        bundles.onHello(alone, new Hello(1, CLIENT, 0, 66_560));
        assertSame(alone, heardFrom(alone));
        assertSame(alone, bundles.whole(alone));
        bundles.onClosed(alone);
        assertEquals(List.of(alone), log.closed);
    }

    @Test
    void connectionsOfOneInstanceAreHeardAsOne() {
        FakeCarrier zero = join(CLIENT, 0);
        FakeCarrier one = join(CLIENT, 1);
        Carrier whole = heardFrom(zero);
        assertSame(whole, heardFrom(one));
        assertSame(whole, bundles.whole(one));
        assertEquals(2, ((Bundle) whole).size());
        assertNotSame(whole, heardFrom(join(new UUID(1, 3), 1)));
    }

    @Test
    void theWholeIsClosedWithItsLastConnection() {
        FakeCarrier zero = join(CLIENT, 0);
        FakeCarrier one = join(CLIENT, 1);
        Carrier whole = bundles.whole(zero);
        log.others.clear();
        bundles.onClosed(zero);
        assertEquals(List.of(), log.closed);
        assertEquals(List.of(whole), log.others, "what waited for it may go by another");
        bundles.onClosed(one);
        assertEquals(List.of(whole), log.closed);
        assertNotSame(whole, bundles.whole(join(CLIENT, 0)));
    }

    @Test
    void whoDialsALaneAnewReplacesItsConnection() {
        FakeCarrier before = join(CLIENT, 0);
        Carrier whole = bundles.whole(before);
        FakeCarrier now = join(CLIENT, 0);
        assertSame(whole, bundles.whole(now));
        assertEquals(1, ((Bundle) whole).size());
        bundles.onClosed(before);
        assertEquals(List.of(before), log.closed);
        assertSame(whole, heardFrom(now));
    }

    @Test
    void aLaneBeyondTheLastIsClosed() {
        FakeCarrier carrier = join(CLIENT, Bundle.MOST_LANES);
        assertFalse(carrier.isWritable());
        assertSame(carrier, bundles.whole(carrier));
    }

    @Test
    void restReachesTheListenerAsOfTheWhole() {
        FakeCarrier zero = join(CLIENT, 0);
        Carrier whole = bundles.whole(zero);
        log.others.clear();
        bundles.onReadEnd(zero);
        bundles.onWritable(zero);
        bundles.onDrain(zero, 5);
        assertEquals(List.of(whole, whole, whole), log.others);
    }

    /** Writes down what it is told. */
    private static final class Log implements CarrierListener {
        final List<Carrier> datagramsFrom = new ArrayList<>();
        final List<Carrier> closed = new ArrayList<>();
        final List<Carrier> others = new ArrayList<>();

        @Override
        public void onOpen(Carrier carrier) {}

        @Override
        public void onDatagram(Carrier from, byte[] array, int offset, int length) {
            datagramsFrom.add(from);
        }

        @Override
        public void onReadEnd(Carrier from) {
            others.add(from);
        }

        @Override
        public void onWritable(Carrier carrier) {
            others.add(carrier);
        }

        @Override
        public void onHello(Carrier from, Hello hello) {}

        @Override
        public void onDrain(Carrier from, long afterMs) {
            others.add(from);
        }

        @Override
        public void onClosed(Carrier carrier) {
            closed.add(carrier);
        }
    }
}
