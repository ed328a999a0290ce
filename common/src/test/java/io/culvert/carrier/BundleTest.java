package io.culvert.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.testkit.MemoryCarrier;
import org.junit.jupiter.api.Test;

/** Connections that come and go, and where a lane's and the bundle's own datagrams go meanwhile. */
final class BundleTest {
    private final Bundle bundle = new Bundle();
    private final MemoryCarrier zero = new MemoryCarrier("zero");
    private final MemoryCarrier one = new MemoryCarrier("one");

    private void send(int length) {
        int offset = bundle.reserve(length);
        bundle.array()[offset] = 1;
        bundle.commit(length);
    }

    @Test
    void isNoCarrierBeforeAnybodyJoins() {
        assertTrue(bundle.isEmpty());
        assertFalse(bundle.isWritable());
        assertEquals(1, bundle.lanes());
        assertSame(bundle, bundle.lane(0));
        bundle.flush(0);
        bundle.close();
    }

    @Test
    void aLaneThatIsGoneGoesByTheNext() {
        assertNull(bundle.join(0, zero));
        assertNull(bundle.join(2, one));
        assertEquals(3, bundle.lanes());
        assertEquals(2, bundle.size());
        assertSame(zero, bundle.lane(0));
        assertSame(one, bundle.lane(1));
        assertSame(one, bundle.lane(2));
        bundle.leave(one);
        assertSame(zero, bundle.lane(1));
        assertSame(zero, bundle.lane(2));
        bundle.leave(zero);
        assertSame(bundle, bundle.lane(1));
        assertTrue(bundle.isEmpty());
    }

    @Test
    void tellsWhichConnectionANewOneReplaces() {
        bundle.join(1, zero);
        assertSame(zero, bundle.join(1, one));
        assertNull(bundle.join(1, one));
        bundle.leave(zero);
        assertEquals(1, bundle.size());
    }

    @Test
    void itsOwnDatagramsGoByTheFirstThatTakesThem() {
        bundle.join(0, zero);
        bundle.join(1, one);
        send(10);
        zero.isWritable = false;
        assertTrue(bundle.isWritable());
        send(20);
        bundle.flush(0);
        assertEquals(10, zero.flushed.getFirst().length);
        assertEquals(20, one.flushed.getFirst().length);
        assertEquals(0, zero.unflushed() + one.unflushed());
    }

    @Test
    void aDatagramIsFinishedWhereItWasBegunThoughThatConnectionLeaves() {
        bundle.join(0, zero);
        bundle.reserve(10);
        bundle.leave(zero);
        bundle.commit(10);
        bundle.flush(0);
        assertEquals(1, zero.flushed.size());
    }

    @Test
    void whereNobodyTakesAnythingTheFirstCountsTheDrop() {
        bundle.join(0, zero);
        zero.isWritable = false;
        assertFalse(bundle.isWritable());
        send(10);
        bundle.flush(0);
        assertEquals(1, zero.flushed.size());
    }

    @Test
    void aFlushMayLeadToMore() {
        bundle.join(0, zero);
        bundle.join(1, one);
        send(10);
        zero.onFlush =
                () -> {
                    zero.onFlush = () -> {};
                    zero.isWritable = false;
                    send(20);
                    bundle.flush(0);
                };
        zero.isWritable = true;
        send(11);
        bundle.flush(0);
        assertEquals(2, zero.flushed.size());
        assertEquals(20, one.flushed.getFirst().length);
        assertEquals(0, zero.unflushed() + one.unflushed());
    }

    @Test
    void tellsHowManyConnectionsThereAre() {
        bundle.join(0, zero);
        bundle.join(3, one);
        assertEquals("zero", bundle.info().remote());
        assertEquals(2, bundle.info().lanes());
        bundle.leave(zero);
        assertEquals("one", bundle.info().remote());
        assertEquals(1, bundle.info().lanes());
    }

    @Test
    void closesThemAll() {
        bundle.join(0, zero);
        bundle.join(1, one);
        bundle.close();
        assertFalse(zero.isWritable || one.isWritable);
    }
}
