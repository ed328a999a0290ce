package io.culvert.pump;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.ip.Coalescer;
import io.culvert.ip.TestPackets;
import io.culvert.ip.TestPackets.Recipe;
import io.culvert.ip.VirtioHeader;
import io.culvert.stats.DropReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Super-packets through two joined pumps: segmented on their way out, merged on their way in. */
final class SuperPacketTest {
    private static final int SEGMENT = 1300;
    private static final int SEGMENTS = 40;

    private final LoopDouble loop = new LoopDouble();

    private PumpEnd end(String remote, boolean hasOffloads) {
        return new PumpEnd(remote, loop, new MemoryTun(hasOffloads));
    }

    /** The same, where both ends have said that super-packets may cross. */
    private PumpEnd agreed(String remote, boolean hasOffloads) {
        PumpEnd end = end(remote, hasOffloads);
        end.carrier.takesSuperPackets = true;
        return end;
    }

    private static void join(PumpEnd a, PumpEnd b) {
        a.add(b);
        b.add(a);
        a.pump.connect(a.peer(), a.carrier);
        a.pump.renewKeys(a.peer());
        exchange(a, b);
    }

    private static void exchange(PumpEnd a, PumpEnd b) {
        for (int i = 0; b.receive(a.carrier.flushed) + a.receive(b.carrier.flushed) > 0; i++) {
            assertTrue(i < 1000, "they never stop talking");
        }
    }

    private static List<byte[]> segments(boolean isIpv6) {
        List<byte[]> segments = new ArrayList<>();
        for (int i = 0; i < SEGMENTS; i++) {
            long sequence = 1000 + (long) i * SEGMENT;
            segments.add(
                    TestPackets.tcp(
                            isIpv6
                                    ? Recipe.tcp6(1, sequence, SEGMENT)
                                    : Recipe.tcp4(1, i, sequence, SEGMENT)));
        }
        return segments;
    }

    /** The segments as one packet behind its virtio-net header, as the kernel hands it over. */
    private static byte[] superPacket(boolean isIpv6) {
        List<byte[]> made = new ArrayList<>();
        Coalescer kernel =
                new Coalescer(
                        (array, offset, length) ->
                                made.add(
                                        Arrays.copyOfRange(
                                                array,
                                                offset - VirtioHeader.LENGTH,
                                                offset + length)),
                        true);
        for (byte[] segment : segments(isIpv6)) {
            kernel.add(TestPackets.padded(segment), 64, segment.length);
        }
        kernel.flush();
        assertEquals(1, made.size());
        return made.getFirst();
    }

    /** Five datagrams of 1000 bytes as one packet behind its virtio-net header. */
    private static byte[] udpSuperPacket() {
        byte[] one = TestPackets.udp(Recipe.tcp4(1, 1, 1, 5000));
        byte[] padded = TestPackets.superPacket(one, 1000, true);
        return Arrays.copyOfRange(padded, 64 - VirtioHeader.LENGTH, 64 + one.length);
    }

    @Test
    void aSuperPacketIsWholeAgainAtTheOtherEnd() {
        for (boolean isIpv6 : new boolean[] {false, true}) {
            PumpEnd a = end("b", true);
            PumpEnd b = end("a", true);
            join(a, b);
            a.tun.toRead.add(superPacket(isIpv6));
            a.pump.poll();
            assertEquals(SEGMENTS, a.carrier.flushed.size());
            exchange(a, b);
            assertEquals(1, b.tun.written.size());
            assertArrayEquals(superPacket(isIpv6), b.tun.written.getFirst());
            assertEquals(0, a.tun.leased());
        }
    }

    @Test
    void crossesInOneDatagramWhereBothSaidSo() {
        for (boolean isIpv6 : new boolean[] {false, true}) {
            PumpEnd a = agreed("b", true);
            PumpEnd b = agreed("a", true);
            join(a, b);
            a.tun.toRead.add(superPacket(isIpv6));
            a.pump.poll();
            assertEquals(1, a.carrier.flushed.size());
            exchange(a, b);
            assertEquals(1, b.tun.written.size());
            assertArrayEquals(superPacket(isIpv6), b.tun.written.getFirst());
            assertEquals(0, a.tun.leased());
        }
    }

    @Test
    void anEndWithoutOffloadsCutsWhatCameWhole() {
        for (boolean isIpv6 : new boolean[] {false, true}) {
            PumpEnd a = agreed("b", true);
            PumpEnd b = agreed("a", false);
            join(a, b);
            a.tun.toRead.add(superPacket(isIpv6));
            a.pump.poll();
            exchange(a, b);
            List<byte[]> expected = segments(isIpv6);
            assertEquals(SEGMENTS, b.tun.written.size());
            for (int i = 0; i < SEGMENTS; i++) {
                assertArrayEquals(expected.get(i), b.tun.packets().get(i), "segment " + i);
            }
        }
    }

    @Test
    void udpIsCutWhereTheDeviceTakesNoneOfIt() {
        MemoryTun withoutUdp = new MemoryTun(true);
        withoutUdp.hasUdpOffloads = false;
        PumpEnd a = agreed("b", true);
        PumpEnd b = new PumpEnd("a", loop, withoutUdp);
        join(a, b);
        a.tun.toRead.add(udpSuperPacket());
        a.pump.poll();
        assertEquals(1, a.carrier.flushed.size());
        exchange(a, b);
        assertEquals(5, b.tun.written.size());
        for (byte[] packet : b.tun.packets()) {
            assertTrue(TestPackets.isRight(packet));
        }
    }

    @Test
    void whatIsTooLongForTheCarrierIsCut() {
        PumpEnd a = agreed("b", true);
        PumpEnd b = agreed("a", true);
        join(a, b);
        a.carrier.maxDatagram = 2000;
        a.tun.toRead.add(superPacket(false));
        a.pump.poll();
        assertEquals(SEGMENTS, a.carrier.flushed.size());
        exchange(a, b);
        assertArrayEquals(superPacket(false), b.tun.written.getFirst());
    }

    @Test
    void aWholeSuperPacketBringsItsFlowsEarlierSegmentsOutBeforeIt() {
        PumpEnd a = agreed("b", true);
        PumpEnd b = agreed("a", true);
        join(a, b);
        a.tun.offer(segments(false).getFirst());
        a.tun.toRead.add(superPacket(false));
        a.pump.poll();
        exchange(a, b);
        assertEquals(2, b.tun.written.size());
        assertArrayEquals(superPacket(false), b.tun.written.getLast());
    }

    @Test
    void anEndWithoutOffloadsGetsOrdinaryPackets() {
        for (boolean isIpv6 : new boolean[] {false, true}) {
            PumpEnd a = end("b", true);
            PumpEnd b = end("a", false);
            join(a, b);
            a.tun.toRead.add(superPacket(isIpv6));
            a.pump.poll();
            exchange(a, b);
            List<byte[]> expected = segments(isIpv6);
            assertEquals(SEGMENTS, b.tun.written.size());
            for (int i = 0; i < SEGMENTS; i++) {
                assertArrayEquals(expected.get(i), b.tun.packets().get(i), "segment " + i);
                assertTrue(TestPackets.isRight(b.tun.packets().get(i)));
            }
        }
    }

    @Test
    void nothingIsHeldBeyondTheReadThatBroughtIt() {
        PumpEnd a = end("b", true);
        PumpEnd b = end("a", true);
        join(a, b);
        a.tun.offer(segments(false).getFirst());
        a.pump.poll();
        exchange(a, b);
        assertEquals(1, b.tun.written.size());
    }

    @Test
    void aDeviceThatTurnsOutToRefuseSuperPacketsGetsOrdinaryOnes() {
        PumpEnd a = end("b", true);
        PumpEnd b = end("a", true);
        join(a, b);
        b.tun.refusesSuperPackets = true;
        a.tun.toRead.add(superPacket(false));
        a.pump.poll();
        exchange(a, b);
        assertEquals(1, b.drops(DropReason.INSIDE_REFUSED), "the first one is lost");
        a.tun.toRead.add(superPacket(false));
        a.pump.poll();
        exchange(a, b);
        assertFalse(b.tun.hasOffloads());
        assertEquals(SEGMENTS, b.tun.written.size());
        assertEquals(List.of(), b.insideGone);
    }

    @Test
    void aSuperPacketWaitsWholeForItsCarrier() {
        PumpEnd a = end("b", true);
        PumpEnd b = end("a", true);
        join(a, b);
        a.carrier.isWritable = false;
        a.tun.toRead.add(superPacket(false));
        a.pump.poll();
        assertEquals(1, a.tun.leased());
        a.carrier.isWritable = true;
        a.pump.onWritable(a.carrier);
        exchange(a, b);
        assertArrayEquals(superPacket(false), b.tun.written.getFirst());
    }

    @Test
    void aVirtioHeaderThatLiesIsRefused() {
        PumpEnd a = end("b", true);
        PumpEnd b = end("a", true);
        join(a, b);
        for (int i = 0; i < VirtioHeader.LENGTH; i++) {
            byte[] bad = superPacket(false);
            bad[i] ^= (byte) 0x7c;
            a.tun.toRead.add(bad);
            a.pump.poll();
        }
        exchange(a, b);
        assertTrue(a.drops(DropReason.BAD_OUTBOUND_PACKET) >= 5);
        assertEquals(0, a.tun.leased());
    }

    @Test
    void twoFlowsMixedAreMergedEachForItself() {
        PumpEnd a = end("b", true);
        PumpEnd b = end("a", true);
        join(a, b);
        for (int i = 0; i < 10; i++) {
            for (int flow = 1; flow <= 2; flow++) {
                a.tun.offer(TestPackets.tcp(Recipe.tcp4(flow, i, 500 + i * 1000L, 1000)));
            }
        }
        a.pollAll();
        exchange(a, b);
        assertEquals(2, b.tun.written.size());
    }
}
