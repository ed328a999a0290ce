package io.culvert.pump;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.ip.Ecn;
import io.culvert.ip.TestPackets;
import io.culvert.ip.TestPackets.Recipe;
import io.culvert.ip.VirtioHeader;
import io.culvert.stats.DropReason;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What routers say of congestion, through the tunnel: between inner and outer headers. */
final class CongestionTest {
    private static final int AF41 = 0x88;

    private final LoopDouble loop = new LoopDouble();
    private final PumpEnd a = new PumpEnd("b", loop, new MemoryTun(true));
    private final PumpEnd b = new PumpEnd("a", loop, new MemoryTun(true));

    @BeforeEach
    void join() {
        a.add(b);
        b.add(a);
        a.pump.start();
        b.pump.start();
        a.pump.connect(a.peer(), a.carrier);
        a.pump.renewKeys(a.peer());
        for (int i = 0; b.receive(a.carrier.flushed) + a.receive(b.carrier.flushed) > 0; i++) {
            assertTrue(i < 10, "they never stop talking");
        }
    }

    private static byte[] segment(int number, int trafficClass) {
        Recipe recipe = Recipe.tcp4(1, number, number * 1000L, 1000);
        return TestPackets.tcp(recipe.withTrafficClass(trafficClass));
    }

    @Test
    void handshakesAskForLowDelayAndKeepalivesForNothing() {
        assertEquals(List.of(AF41, 0), a.carrier.classes);
        assertEquals(List.of(AF41), b.carrier.classes);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 0xb8, 0xb9, 0xba, 0xbb})
    void theOuterHeaderTellsTheInnerOnesCodepointAndNoMore(int trafficClass) {
        a.carrier.classes.clear();
        a.tun.offer(segment(0, trafficClass));
        a.pump.poll();
        assertEquals(List.of(trafficClass & 3), a.carrier.classes);
        b.receive(a.carrier.flushed, trafficClass & 3);
        assertArrayEquals(segment(0, trafficClass), b.tun.packets().getFirst());
    }

    @Test
    void everySegmentOfASuperPacketTellsItsCodepoint() {
        a.carrier.classes.clear();
        byte[] whole = TestPackets.tcp(Recipe.tcp4(1, 1, 1, 10_000).withTrafficClass(Ecn.ECT1));
        byte[] framed = new byte[VirtioHeader.LENGTH + whole.length];
        System.arraycopy(whole, 0, framed, VirtioHeader.LENGTH, whole.length);
        VirtioHeader.putKind(framed, 10, VirtioHeader.NEEDS_CSUM, VirtioHeader.GSO_TCPV4);
        VirtioHeader.putSizes(framed, 10, 52, 1000);
        VirtioHeader.putChecksum(framed, 10, 20, 16);
        a.tun.toRead.add(framed);
        a.pump.poll();
        assertEquals(Collections.nCopies(10, Ecn.ECT1), a.carrier.classes);
    }

    @Test
    void aMarkFromTheWayIsPassedOnWithARightChecksum() {
        a.tun.offer(segment(0, Ecn.ECT0));
        a.pump.poll();
        b.receive(a.carrier.flushed, Ecn.CE);
        assertArrayEquals(segment(0, Ecn.CE), b.tun.packets().getFirst());
    }

    @Test
    void aMarkThatNobodyWouldUnderstandIsADrop() {
        a.tun.offer(segment(0, Ecn.NOT_ECT));
        a.pump.poll();
        b.receive(a.carrier.flushed, Ecn.CE);
        assertEquals(List.of(), b.tun.packets());
        assertEquals(1, b.drops(DropReason.CE_ON_NOT_ECT));
    }

    @Test
    void markedAndUnmarkedSegmentsAreNotMerged() {
        a.tun.offer(segment(0, Ecn.ECT0));
        a.tun.offer(segment(1, Ecn.ECT0));
        a.pump.poll();
        List<byte[]> unmarked = List.copyOf(a.carrier.flushed);
        a.carrier.flushed.clear();
        a.tun.offer(segment(2, Ecn.ECT0));
        a.tun.offer(segment(3, Ecn.ECT0));
        a.pump.poll();
        List<byte[]> marked = List.copyOf(a.carrier.flushed);
        assertNotEquals(0, unmarked.size());
        unmarked.forEach(datagram -> tell(datagram, Ecn.ECT0));
        marked.forEach(datagram -> tell(datagram, Ecn.CE));
        b.pump.onReadEnd(b.carrier);
        List<byte[]> written = b.tun.packets();
        assertEquals(2, written.size());
        assertEquals(List.of(Ecn.ECT0, Ecn.CE), written.stream().map(p -> Ecn.of(p, 0)).toList());
        assertEquals(2052, written.getLast().length);
    }

    private void tell(byte[] datagram, int trafficClass) {
        byte[] array = new byte[datagram.length + 128];
        System.arraycopy(datagram, 0, array, 64, datagram.length);
        b.pump.onDatagram(b.carrier, array, 64, datagram.length, trafficClass);
    }
}
