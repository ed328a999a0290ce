package io.culvert.pump;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culvert.carrier.Carrier;
import io.culvert.ip.TestPackets;
import io.culvert.ip.TestPackets.Recipe;
import io.culvert.stats.DropReason;
import io.culvert.tunnel.Peer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the inside is told of packets that lead to nobody. */
final class RefusalTest {
    private static final long SECOND_NS = 1_000_000_000L;

    private final LoopDouble loop = new LoopDouble();
    private final PumpEnd a = new PumpEnd("b", loop, new MemoryTun(true));
    private final PumpEnd b = new PumpEnd("a", loop, new MemoryTun(false));
    private Peer<Carrier> peer;

    @BeforeEach
    void start() {
        peer = a.add(b, "10.9.0.0/24", "fd08::/64");
        a.pump.start();
    }

    @AfterEach
    void close() {
        a.pump.close();
        b.pump.close();
        assertEquals(0, a.tun.leased());
    }

    private int answers(byte[] packet) {
        int before = a.tun.written.size();
        a.tun.offer(packet);
        a.pump.poll();
        return a.tun.written.size() - before;
    }

    private static byte[] toPeer() {
        return TestPackets.udp(Recipe.tcp4(1, 1, 1, 100));
    }

    /** To 10.9.1.0, which is nobody's. */
    private static byte[] toNobody() {
        return TestPackets.udp(Recipe.tcp4(256, 1, 1, 100));
    }

    @Test
    void whatNoPeerCoversIsRefusedAtOnce() {
        assertEquals(1, answers(toNobody()));
        byte[] error = a.tun.packets().getFirst();
        assertEquals(1, error[9], "ICMP");
        assertEquals(0x0301, (error[20] << 8) + error[21]);
        assertEquals(1, a.pump.tunnel().drops().of(DropReason.NO_ROUTE));
        a.pump.tunnel().disallowAll(peer);
        assertEquals(1, answers(TestPackets.udp(Recipe.tcp6(1, 1, 100))));
        assertEquals(58, a.tun.packets().getLast()[6], "ICMPv6");
    }

    @Test
    void aPeerThatNothingEverLedToIsRefused() {
        assertEquals(1, answers(toPeer()));
        assertEquals(1, answers(TestPackets.udp(Recipe.tcp6(1, 1, 100))));
        assertEquals(2, a.drops(DropReason.NO_CARRIER));
        assertEquals(0, a.tun.leased());
    }

    @Test
    void packetsWaitForAPathThatIsBeingMade() {
        a.pump.tunnel().expectPath(peer);
        assertEquals(0, answers(toPeer()));
        assertEquals(1, a.tun.leased());
    }

    @Test
    void packetsWaitForAPathThatWasLost() {
        a.pump.connect(peer, a.carrier);
        a.pump.onClosed(a.carrier);
        assertEquals(0, answers(toPeer()));
        assertEquals(1, a.tun.leased());
    }

    @Test
    void aPeerThatIsReachedAnswersForItself() {
        a.pump.connect(peer, a.carrier);
        assertEquals(0, answers(toPeer()));
    }

    @Test
    void refusalsAreBoundedInRate() {
        for (int i = 0; i < 200; i++) {
            a.tun.offer(toNobody());
        }
        a.pollAll();
        assertEquals(50, a.tun.written.size());
        assertEquals(200, a.pump.tunnel().drops().of(DropReason.NO_ROUTE));
        loop.run(SECOND_NS / 10, () -> {});
        for (int i = 0; i < 200; i++) {
            a.tun.offer(toNobody());
        }
        a.pollAll();
        assertEquals(60, a.tun.written.size());
    }

    @Test
    void whatMayNotBeAnsweredCostsNoToken() {
        byte[] toAll = toNobody();
        toAll[16] = (byte) 224;
        for (int i = 0; i < 200; i++) {
            assertEquals(0, answers(toAll));
        }
        assertEquals(1, answers(toNobody()));
    }

    @Test
    void anInsideThatIsFullHearsNothing() {
        a.tun.isFull = true;
        assertEquals(0, answers(toNobody()));
        assertEquals(List.of(), a.insideGone);
    }
}
