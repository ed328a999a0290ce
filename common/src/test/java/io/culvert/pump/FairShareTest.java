package io.culvert.pump;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.carrier.Carrier;
import io.culvert.ip.TestPackets;
import io.culvert.ip.TestPackets.Recipe;
import io.culvert.stats.DropReason;
import io.culvert.testkit.MemoryCarrier;
import io.culvert.tunnel.Peer;
import org.junit.jupiter.api.Test;

/** What peers that share an interface leave each other, and what waits for keys. */
final class FairShareTest {
    private static final long SECOND_NS = 1_000_000_000L;

    private final LoopDouble loop = new LoopDouble();
    private final PumpEnd gateway = new PumpEnd("out", loop, new MemoryTun(false));

    /** A peer of the gateway that shares keys with it. */
    private PumpEnd peer(String prefix, MemoryCarrier path) {
        PumpEnd end = new PumpEnd("gateway", loop, new MemoryTun(false));
        Peer<Carrier> peer = gateway.add(end, prefix);
        end.add(gateway);
        end.pump.start();
        gateway.pump.connect(peer, path);
        gateway.pump.renewKeys(peer);
        end.receive(path.flushed); // the initiation
        gateway.receive(end.carrier.flushed); // the response
        end.receive(gateway.carrier.flushed); // by that carrier the peer was heard
        return end;
    }

    private static byte[] bulk(int number) {
        return TestPackets.udp(Recipe.tcp4(1, number, number, 60_000));
    }

    @Test
    void aPeerThatAlwaysHasPacketsLeavesTheOthersTheirTurn() {
        gateway.pump.start();
        PumpEnd bulky = peer("0.0.0.0/0", new MemoryCarrier("bulky"));
        PumpEnd sparse = peer("::/0", new MemoryCarrier("sparse"));
        for (int turn = 0; turn < 3; turn++) {
            for (int i = 0; i < 16; i++) {
                gateway.tun.offer(bulk(i));
            }
            gateway.pump.poll();
        }
        gateway.tun.offer(TestPackets.udp(Recipe.tcp6(2, 1, 100)));
        gateway.pump.poll();
        gateway.pump.poll();
        boolean isOut = gateway.carrier.flushed.stream().anyMatch(d -> d.length < 1000);
        assertTrue(isOut, "its one packet waits behind the other's bulk");
        bulky.pump.close();
        sparse.pump.close();
    }

    @Test
    void whatWaitsForKeysWaitsInFullAndInOrder() {
        gateway.pump.start();
        PumpEnd end = peer("0.0.0.0/0", new MemoryCarrier("end"));
        loop.run(700 * SECOND_NS, () -> {}); // every key is dead and zeroed
        gateway.carrier.flushed.clear();
        for (int i = 0; i < 600; i++) {
            gateway.tun.offer(TestPackets.udp(Recipe.tcp4(1, i, i, 200)));
        }
        gateway.pollAll();
        assertEquals(1, gateway.carrier.flushed.size(), "one initiation");
        while (end.receive(gateway.carrier.flushed) + gateway.receive(end.carrier.flushed) > 0) {
            gateway.pump.poll();
        }
        assertEquals(600, end.tun.written.size());
        assertEquals(0, gateway.drops(DropReason.STAGE_OVERFLOW));
        end.pump.close();
    }

    @Test
    void whatAnOutageMadeOldIsNotSentAfterIt() {
        gateway.pump.start();
        PumpEnd end = peer("0.0.0.0/0", new MemoryCarrier("end"));
        gateway.pump.onClosed(gateway.carrier);
        gateway.tun.offer(bulk(1));
        gateway.pump.poll();
        loop.run(11 * SECOND_NS, () -> {});
        gateway.tun.offer(bulk(2));
        gateway.pump.poll();
        gateway.pump.connect(gateway.peer(), gateway.carrier);
        gateway.pump.poll();
        end.receive(gateway.carrier.flushed);
        assertEquals(1, end.tun.written.size());
        assertEquals(1, gateway.drops(DropReason.QUEUE_DELAY));
        end.pump.close();
    }
}
