package io.culvert.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.ip.Ecn;
import io.culvert.ip.TestPackets;
import io.culvert.ip.TestPackets.Recipe;
import io.culvert.stats.DropReason;
import io.culvert.stats.Drops;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** FQ-CoDel in virtual time: turns, limits, marks, and who owns what. */
final class FlowQueueTest {
    private static final long MS = 1_000_000;

    private final PacketPool pool = new PacketPool();
    private final Drops drops = new Drops();
    private FlowQueue queue = new FlowQueue(Limits.defaults(), drops);

    @AfterEach
    void leavesNoPacketBehind() {
        queue.clear();
        assertEquals(0, pool.leased());
        assertEquals(0, queue.packets());
        assertEquals(0, queue.bytes());
        assertNull(queue.poll(0));
    }

    /** A packet of {@code flow}, told by its first byte. */
    private Packet packet(int flow, int length) {
        Packet packet = pool.lease(length);
        packet.set(packet.offset(), length);
        packet.array()[packet.offset()] = (byte) flow;
        return packet;
    }

    private void add(int flow, int length, long nowNs) {
        queue.add(packet(flow, length), hash(flow), nowNs);
    }

    /** Flows far apart: each has a bucket of its own. */
    private static int hash(int flow) {
        return flow << 22;
    }

    private static int flowOf(@Nullable Packet packet) {
        assertNotNull(packet);
        return packet.array()[packet.offset()];
    }

    private int pollFlow(long nowNs) {
        Packet packet = queue.poll(nowNs);
        int flow = flowOf(packet);
        assertNotNull(packet);
        packet.release();
        return flow;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 31, 32, 33, 1000, 1024})
    void hasABucketForEachOfItsFlows(int flows) {
        queue = new FlowQueue(Limits.defaults().withFlows(flows), drops);
        for (int round = 0; round < 2; round++) { // buckets are made, and used again
            for (int flow = 0; flow < flows; flow++) {
                long hash = (((long) flow << 32) + flows - 1) / flows; // the first of its bucket
                queue.add(packet(flow, 20), (int) hash, 0);
            }
            for (int flow = 0; flow < flows; flow++) {
                assertEquals((byte) flow, pollFlow(0));
            }
            assertNull(queue.poll(0));
        }
        assertEquals(0, drops.total());
    }

    @Test
    void handsOnePacketThrough() {
        Packet packet = packet(1, 100);
        queue.add(packet, 5, 0);
        assertEquals(1, queue.packets());
        assertEquals(100, queue.bytes());
        assertSame(packet, queue.poll(0));
        assertNull(queue.poll(0));
        packet.release();
    }

    @Test
    void keepsTheOrderWithinAFlow() {
        for (int i = 0; i < 100; i++) {
            queue.add(packet(i, 500), 77, 0);
        }
        for (int i = 0; i < 100; i++) {
            assertEquals(i, pollFlow(0));
        }
    }

    @Test
    void letsASparseFlowPassABulk() {
        for (int i = 0; i < 200; i++) {
            add(1, 1400, 0);
        }
        for (int i = 0; i < 10; i++) {
            assertEquals(1, pollFlow(0));
        }
        add(2, 80, 0);
        assertEquals(2, pollFlow(0));
        assertEquals(1, pollFlow(0));
        add(2, 80, 0); // old by now, yet its turn comes within one quantum
        int before = 0;
        while (pollFlow(0) != 2) {
            before++;
        }
        assertTrue(before <= 2, before + " bulk packets first");
    }

    @Test
    void doesNotLetAFlowStayNewForEver() {
        add(1, 1400, 0);
        add(1, 1400, 0);
        int bulk = 0;
        for (int i = 0; i < 300; i++) { // always one waiting: no sparse flow
            add(2, 1400, 0);
            add(1, 1400, 0);
            bulk += pollFlow(0) == 1 ? 1 : 0;
        }
        assertTrue(bulk > 100 && bulk < 200, bulk + " of 300 turns");
    }

    @ParameterizedTest
    @CsvSource({"1400, 1400", "1400, 100", "100, 1400", "60000, 1400", "1400, 60000"})
    void sharesByBytes(int oneLength, int otherLength) {
        queue = new FlowQueue(new Limits(100_000, 1L << 40, 5 * MS, 100 * MS, 1514, 1024), drops);
        int[] lengths = {0, oneLength, otherLength};
        long[] waiting = new long[3];
        long[] taken = new long[3];
        while (taken[1] + taken[2] < 6_000_000) {
            for (int flow = 1; flow <= 2; flow++) {
                while (waiting[flow] < 200_000) { // neither ever runs dry
                    add(flow, lengths[flow], 0);
                    waiting[flow] += lengths[flow];
                }
            }
            int flow = pollFlow(0);
            waiting[flow] -= lengths[flow];
            taken[flow] += lengths[flow];
        }
        assertEquals(0.5, (double) taken[1] / (double) (taken[1] + taken[2]), 0.02);
    }

    @Test
    void dropsTheHeadOfTheFattestFlowBeyondTheLimit() {
        queue = new FlowQueue(new Limits(50, 1 << 20, 5 * MS, 100 * MS, 1514, 1024), drops);
        for (int i = 0; i < 5; i++) {
            add(2, 80, 0);
        }
        for (int i = 0; i < 100; i++) {
            Packet packet = packet(1, 1400);
            packet.array()[packet.offset() + 1] = (byte) i;
            queue.add(packet, hash(1), 0);
        }
        assertEquals(50, queue.packets());
        assertEquals(55, drops.of(DropReason.QUEUE_OVERFLOW));
        assertEquals(50, pool.leased());
        for (int i = 0; i < 5; i++) {
            assertEquals(2, pollFlow(0));
        }
        Packet first = queue.poll(0);
        assertNotNull(first);
        assertEquals(55, first.array()[first.offset() + 1]);
        first.release();
    }

    @Test
    void boundsBytesButAlwaysTakesOnePacket() {
        queue = new FlowQueue(new Limits(1000, 10_000, 5 * MS, 100 * MS, 1514, 1024), drops);
        add(1, 60_000, 0);
        assertEquals(1, queue.packets());
        add(1, 1400, 0);
        assertEquals(1, queue.packets());
        assertEquals(1400, queue.bytes());
        for (int i = 0; i < 20; i++) {
            add(i, 1400, 0);
        }
        assertTrue(queue.bytes() <= 10_000);
        assertEquals(15, drops.of(DropReason.QUEUE_OVERFLOW));
    }

    @Test
    void dropsWhatWaitedTooLongTooOften() {
        long nowNs = 0;
        int polled = 0;
        for (int ms = 0; ms < 3000; ms++) { // two packets come in the time that one leaves
            add(1, 1400, nowNs);
            add(1, 1400, nowNs);
            nowNs += MS;
            polled += 1;
            pollFlow(nowNs);
        }
        long dropped = drops.of(DropReason.QUEUE_DELAY);
        assertTrue(dropped > 100, dropped + " dropped");
        assertEquals(6000, polled + queue.packets() + drops.total());
    }

    @Test
    void dropsNothingWhileTheQueueIsShortLived() {
        long nowNs = 0;
        for (int i = 0; i < 1000; i++) {
            for (int burst = 0; burst < 40; burst++) {
                add(1, 1400, nowNs);
            }
            for (int burst = 0; burst < 40; burst++) {
                nowNs += MS / 2; // the last waits 20 ms: above the target, but not for long
                pollFlow(nowNs);
            }
        }
        assertEquals(0, drops.total());
    }

    @Test
    void neverDropsALoneSuperPacket() {
        for (int i = 0; i < 50; i++) {
            long nowNs = i * (600 * MS);
            add(1, 64_000, nowNs);
            assertEquals(1, pollFlow(nowNs + 500 * MS));
        }
        add(1, 64_000, 0);
        for (int i = 1; i < 50; i++) { // one more always waits behind it
            add(1, 64_000, i * (500 * MS));
            assertEquals(1, pollFlow(i * (500 * MS)));
        }
        assertEquals(0, drops.total());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void marksInsteadOfDroppingWhereEcnIsUnderstood(boolean isIpv6) {
        Recipe recipe = isIpv6 ? Recipe.tcp6(1, 1, 1300) : Recipe.tcp4(1, 1, 1, 1300);
        byte[] content = TestPackets.tcp(recipe.withTrafficClass(Ecn.ECT0));
        long nowNs = 0;
        int marked = 0;
        for (int ms = 0; ms < 1000; ms++) {
            for (int i = 0; i < (ms < 100 ? 2 : 1); i++) {
                Packet packet = pool.lease(content.length);
                System.arraycopy(content, 0, packet.array(), packet.offset(), content.length);
                packet.set(packet.offset(), content.length);
                queue.add(packet, 1, nowNs);
            }
            nowNs += MS;
            Packet packet = queue.poll(nowNs);
            assertNotNull(packet);
            assertTrue(TestPackets.isRight(packet.toBytes()));
            marked += Ecn.of(packet.array(), packet.offset()) == Ecn.CE ? 1 : 0;
            packet.release();
        }
        assertTrue(marked > 10, marked + " marked");
        assertEquals(marked, queue.marks());
        assertEquals(0, drops.total());
    }

    @Test
    void releasesAllWhenCleared() {
        for (int i = 0; i < 500; i++) {
            add(i, 100 + i, 0);
        }
        Packet mine = queue.poll(0);
        assertNotNull(mine);
        queue.clear();
        assertEquals(1, pool.leased());
        mine.release();
        add(3, 10, 0);
        assertEquals(3, pollFlow(0));
        assertEquals(0, drops.total());
    }

    @Test
    void keepsItsBooksUnderRandomUse() {
        long seed = new Random().nextLong();
        System.out.println("FlowQueueTest seed " + seed);
        Random random = new Random(seed);
        queue = new FlowQueue(new Limits(200, 300_000, 5 * MS, 100 * MS, 1514, 16), drops);
        long added = 0;
        long polled = 0;
        long nowNs = random.nextLong();
        for (int i = 0; i < 200_000; i++) {
            nowNs += random.nextInt(1_000_000);
            boolean isFilling = (i / 5000) % 2 == 0;
            if (random.nextInt(10) < (isFilling ? 6 : 4)) {
                int length = random.nextInt(20) == 0 ? 60_000 : 1 + random.nextInt(1500);
                queue.add(packet(0, length), random.nextInt(), nowNs);
                added++;
            } else {
                Packet packet = queue.poll(nowNs);
                polled += packet == null ? 0 : 1;
                if (packet != null) {
                    packet.release();
                }
            }
            assertEquals(added, polled + drops.total() + queue.packets());
            assertEquals(queue.packets(), pool.leased());
            assertTrue(queue.packets() <= 200);
        }
        assertTrue(drops.of(DropReason.QUEUE_OVERFLOW) > 0);
        assertTrue(drops.of(DropReason.QUEUE_DELAY) > 0);
    }

    @Test
    void refusesLimitsThatNoQueueCanKeep() {
        assertThrows(IllegalArgumentException.class, () -> new Limits(0, 1, 1, 1, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Limits(1, 1, 1, 0, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Limits(1, 1, -1, 1, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Limits(1, 1, 1, 1, 1, 0));
    }
}
