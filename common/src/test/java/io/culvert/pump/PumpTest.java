package io.culvert.pump;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.carrier.Bundle;
import io.culvert.ip.TestPackets;
import io.culvert.ip.TestPackets.Recipe;
import io.culvert.stats.DropReason;
import io.culvert.testkit.MemoryCarrier;
import io.culvert.tunnel.TunnelEvent;
import io.culvert.wire.MessageType;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A pump between an inside and a carrier: the road out, the road in, and what may go wrong. */
final class PumpTest {
    private static final long SECOND_NS = 1_000_000_000L;

    private final LoopDouble loop = new LoopDouble();
    private final PumpEnd a = new PumpEnd("b", loop, new MemoryTun(false));
    private final PumpEnd b = new PumpEnd("a", loop, new MemoryTun(false));
    private boolean isClosed;

    @BeforeEach
    void join() {
        a.add(b);
        b.add(a);
        a.pump.start();
        b.pump.start();
        a.pump.connect(a.peer(), a.carrier);
        a.pump.renewKeys(a.peer());
        exchange();
        assertEquals(1, b.events.stream().filter(this::isHandshake).count());
    }

    private boolean isHandshake(TunnelEvent<?> event) {
        return event instanceof TunnelEvent.HandshakeCompleted<?>;
    }

    @AfterEach
    void everyPacketIsBackInItsPool() {
        assertEquals(0, a.carrier.unflushed() + b.carrier.unflushed(), "somebody forgot to flush");
        if (!isClosed) {
            a.pump.poll();
            b.pump.poll();
            a.pump.close();
            b.pump.close();
        }
        assertEquals(0, a.tun.leased());
        assertEquals(0, b.tun.leased());
    }

    /** Lets both ends talk until neither has anything to say. */
    private void exchange() {
        for (int i = 0; b.receive(a.carrier.flushed) + a.receive(b.carrier.flushed) > 0; i++) {
            assertTrue(i < 1000, "they never stop talking");
        }
    }

    private void offer(PumpEnd end, int from, int count) {
        for (int i = from; i < from + count; i++) {
            end.tun.offer(packet(i));
        }
    }

    private static byte[] packet(int number) {
        return TestPackets.udp(Recipe.tcp4(1, number, number, 200));
    }

    @Test
    void aPacketCrossesByteForByteInBothDirections() {
        a.tun.offer(packet(1));
        b.tun.offer(packet(2));
        a.pump.poll();
        b.pump.poll();
        exchange();
        assertArrayEquals(packet(1), b.tun.packets().getFirst());
        assertArrayEquals(packet(2), a.tun.packets().getFirst());
    }

    @Test
    void aPollReadsSomePacketsAndFlushesThem() {
        offer(a, 0, 20);
        assertEquals(16, a.pump.poll());
        assertEquals(16, a.carrier.flushed.size());
        assertEquals(4, a.pump.poll());
        assertEquals(0, a.pump.poll());
    }

    @Test
    void whatOneTurnLeavesGoesOutInTheNext() {
        offerBulk(10);
        assertEquals(10, a.pump.poll());
        assertEquals(5, a.carrier.flushed.size());
        loop.run(0, () -> {});
        assertEquals(10, a.carrier.flushed.size());
    }

    @Test
    void aTurnEndsThoughTheCarrierTakesMore() {
        offerBulk(10);
        a.pump.poll();
        a.pump.onWritable(a.carrier);
        assertEquals(5, a.carrier.flushed.size());
        loop.run(0, () -> {});
    }

    @Test
    void aConnectionThatTakesNothingKeepsOnlyItsOwnFlowsWaiting() {
        Bundle bundle = new Bundle();
        MemoryCarrier other = new MemoryCarrier("b again");
        bundle.join(0, a.carrier);
        bundle.join(1, other);
        a.pump.connect(a.peer(), bundle);
        a.carrier.flushed.clear();
        a.tun.offer(packet(1));
        a.pump.poll();
        a.carrier.isWritable = false;
        a.tun.offer(packet(2));
        a.tun.offer(TestPackets.udp(Recipe.tcp4(2, 1, 1, 200)));
        a.pump.poll();
        assertEquals(1, a.carrier.flushed.size());
        assertEquals(1, other.flushed.size());
        a.carrier.isWritable = true;
        a.pump.onWritable(bundle);
        assertEquals(2, a.carrier.flushed.size());
    }

    @Test
    void aSparseFlowGoesBeforeABulkThatWaits() {
        offerBulk(10);
        a.pump.poll();
        a.carrier.flushed.clear();
        a.tun.offer(TestPackets.udp(Recipe.tcp4(2, 1, 1, 200)));
        a.pump.poll();
        assertTrue(a.carrier.flushed.getFirst().length < 1000);
        loop.run(0, () -> {});
    }

    /** Packets of 60,000 bytes, one flow. */
    private void offerBulk(int count) {
        for (int i = 0; i < count; i++) {
            a.tun.offer(TestPackets.udp(Recipe.tcp4(1, i, i, 60_000)));
        }
    }

    @Test
    void whatACarrierCannotTakeWaitsAsPlaintextAndFollowsInOrder() {
        a.carrier.isWritable = false;
        offer(a, 0, 20);
        a.pollAll();
        assertEquals(0, a.carrier.flushed.size());
        assertEquals(20, a.tun.leased());
        a.carrier.isWritable = true;
        a.pump.onWritable(a.carrier);
        assertEquals(20, a.carrier.flushed.size());
        assertEquals(0, a.tun.leased());
        exchange();
        for (int i = 0; i < 20; i++) {
            assertArrayEquals(packet(i), b.tun.packets().get(i));
        }
    }

    @Test
    void aCarrierIsFilledNoFurtherThanItsRoom() {
        a.carrier.room = 3;
        offer(a, 0, 10);
        a.pollAll();
        assertEquals(3, a.carrier.flushed.size());
        a.carrier.room = 2;
        a.pump.onWritable(a.carrier);
        assertEquals(5, a.carrier.flushed.size());
        a.carrier.room = 100;
        a.pump.onWritable(a.carrier);
        assertEquals(10, a.carrier.flushed.size());
    }

    @Test
    void handshakesGoBeforeQueuedPackets() {
        a.carrier.isWritable = false;
        offer(a, 0, 5);
        a.pollAll();
        a.pump.renewKeys(a.peer());
        a.carrier.isWritable = true;
        a.pump.onWritable(a.carrier);
        byte[] first = a.carrier.flushed.getFirst();
        assertEquals(MessageType.INITIATION, MessageType.of(first, 0, first.length));
        assertEquals(6, a.carrier.flushed.size());
    }

    @Test
    void aRekeyBegunWhileADatagramIsBuiltDoesNotDisturbIt() {
        loop.run(121 * SECOND_NS, this::exchange);
        offer(a, 0, 4);
        a.pump.poll(); // sealing these begins a handshake; the carrier would fail on nesting
        assertEquals(5, a.carrier.flushed.size());
        exchange();
        assertEquals(4, b.tun.written.size());
        assertEquals(2, b.events.stream().filter(this::isHandshake).count());
    }

    @Test
    void packetsThatNeedAKeyFollowTheHandshake() {
        loop.run(700 * SECOND_NS, this::exchange); // every key is dead and zeroed
        offer(a, 0, 6);
        a.pollAll();
        assertEquals(1, a.carrier.flushed.size());
        exchange();
        assertEquals(6, b.tun.written.size());
    }

    @Test
    void timersRunByTheLoopWithinTheirSlack() {
        offer(a, 0, 1);
        a.pump.poll();
        exchange();
        long dataNs = loop.nowNs;
        loop.run(10 * SECOND_NS - 1, () -> {});
        assertEquals(0, b.carrier.flushed.size());
        loop.run(20_000_001, () -> {});
        assertEquals(1, b.carrier.flushed.size(), "passive keepalive");
        assertEquals(32, b.carrier.flushed.getFirst().length);
        assertTrue(loop.nowNs - dataNs <= 10_020_000_000L);
    }

    @Test
    void anIdlePumpWakesSeldom() {
        loop.run(60 * SECOND_NS, this::exchange);
        int[] wakes = {0};
        loop.run(400 * SECOND_NS, () -> wakes[0]++);
        assertTrue(wakes[0] <= 4, wakes[0] + " wake-ups of idle pumps in 400 s");
    }

    @Test
    void packetsForNobodyAndPacketsThatAreNoneAreCountedAndGivenBack() {
        a.pump.remove(a.peer());
        offer(a, 0, 3);
        a.pollAll();
        assertEquals(3, a.pump.tunnel().drops().of(DropReason.NO_ROUTE));
        b.tun.offer(new byte[] {0x50, 1, 2, 3});
        b.tun.offer(new byte[] {0x45});
        b.pollAll();
        assertEquals(2, b.drops(DropReason.BAD_OUTBOUND_PACKET));
        assertEquals(0, a.tun.leased() + b.tun.leased());
    }

    @Test
    void aPacketBeyondTheCarriersLimitIsDroppedNotReserved() {
        a.carrier.maxDatagram = 200;
        offer(a, 0, 2);
        a.pollAll();
        assertEquals(2, a.drops(DropReason.TOO_LARGE));
        a.carrier.maxDatagram = 100;
        a.pump.renewKeys(a.peer());
        assertEquals(3, a.drops(DropReason.TOO_LARGE), "handshake messages are bounded, too");
    }

    @Test
    void aClosedCarrierIsNoEndpointAnyMore() {
        a.carrier.isWritable = false;
        a.pump.renewKeys(a.peer());
        a.pump.onClosed(a.carrier);
        assertNull(a.peer().endpoint());
        assertEquals(1, a.drops(DropReason.NO_CARRIER));
        a.carrier.isWritable = true;
        a.pump.onWritable(a.carrier);
        assertEquals(0, a.carrier.flushed.size());
    }

    @Test
    void whatWaitedWithoutACarrierFollowsWhenOneIsConnected() {
        a.pump.onClosed(a.carrier);
        offer(a, 0, 3);
        a.pollAll();
        assertEquals(3, a.tun.leased());
        a.pump.connect(a.peer(), a.carrier);
        exchange();
        assertEquals(3, b.tun.written.size());
    }

    @Test
    void whatWaitedWithoutACarrierFollowsWhenThePeerIsHeard() {
        b.pump.onClosed(b.carrier);
        offer(b, 0, 3);
        b.pollAll();
        offer(a, 50, 1);
        a.pump.poll();
        exchange(); // roams
        assertEquals(3, a.tun.written.size());
    }

    @Test
    void theInsideIsNotReadWhileTooMuchIsHeldBack() {
        LoopDouble.Bond bond = loop.bonds.get(1); // b's
        b.carrier.isWritable = false;
        byte[] big = TestPackets.udp(Recipe.tcp4(1, 1, 1, 60_000));
        for (int i = 0; i < 17; i++) {
            b.tun.offer(big);
        }
        b.pollAll();
        assertTrue(bond.wantsRead);
        b.tun.offer(big);
        b.pollAll();
        assertFalse(bond.wantsRead);
        b.carrier.isWritable = true;
        b.pump.onWritable(b.carrier);
        assertTrue(bond.wantsRead);
    }

    @Test
    void aPeerThatTakesNothingDoesNotKeepPacketsFromTheOthers() {
        LoopDouble.Bond bond = loop.bonds.get(1); // b's
        b.addStranger();
        b.carrier.isWritable = false;
        byte[] big = TestPackets.udp(Recipe.tcp4(1, 1, 1, 60_000));
        for (int i = 0; i < 80; i++) {
            b.tun.offer(big);
        }
        b.pollAll();
        assertTrue(bond.wantsRead);
        assertTrue(b.drops(DropReason.QUEUE_OVERFLOW) > 0, "its own queue drops");
    }

    @Test
    void anInsideThatIsGoneOnReadingIsToldOnce() {
        a.tun.isGone = true;
        assertEquals(0, a.pump.poll());
        assertEquals(0, a.pump.poll());
        offer(b, 0, 1);
        b.pump.poll();
        exchange();
        assertEquals(1, a.insideGone.size());
    }

    @Test
    void anInsideThatIsGoneOnWritingIsToldOnce() {
        a.tun.isGone = true;
        offer(b, 0, 3);
        b.pump.poll();
        exchange();
        a.pump.poll();
        assertEquals(1, a.insideGone.size());
    }

    @Test
    void anInsideThatIsGoneIsNotWatchedAnyMore() {
        // its descriptor stays readable for ever: the loop would spin
        LoopDouble own = new LoopDouble();
        PumpEnd alone = new PumpEnd("nobody", own, new MemoryTun(false));
        alone.pump.start();
        LoopDouble.Bond bond = own.bonds.getFirst();
        alone.tun.isGone = true;
        bond.listener.onReady(true, false);
        assertTrue(bond.isCancelled);
        assertEquals(1, alone.insideGone.size());
        alone.pump.close();
    }

    @Test
    void anInsideThatRefusesAPacketIsCounted() {
        b.tun.isFull = true;
        offer(a, 0, 2);
        a.pump.poll();
        exchange();
        assertEquals(2, b.drops(DropReason.INSIDE_REFUSED));
        assertEquals(List.of(), b.insideGone);
    }

    @Test
    void nothingHappensAfterClose() {
        a.carrier.isWritable = false;
        offer(a, 0, 5);
        a.pollAll();
        offer(b, 0, 1);
        b.pump.poll();
        List<byte[]> late = b.carrier.flushed;
        a.pump.close();
        b.pump.close();
        isClosed = true;
        assertTrue(a.tun.isClosed);
        assertEquals(0, a.tun.leased());
        assertEquals(1, a.receive(late));
        a.carrier.isWritable = true;
        a.pump.onWritable(a.carrier);
        a.pump.onClosed(a.carrier);
        assertEquals(0, a.pump.poll());
        a.pump.close();
        assertFalse(loop.hasArmedTimer(), "a timer was armed after close");
        assertEquals(0, a.carrier.flushed.size());
    }
}
