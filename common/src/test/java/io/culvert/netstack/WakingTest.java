package io.culvert.netstack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.ip.IpAddress;
import io.culvert.stats.Drops;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The loop is woken when there is something to poll, and does not spin when it cannot poll. */
final class WakingTest {
    private static final long SECOND_NS = 1_000_000_000;

    private final PacketPool pool = new PacketPool();
    private int wakes;
    private long nowNs = SECOND_NS;
    private final NetStack stack =
            new NetStack(
                    new StackSetup(
                            List.of(IpAddress.parse("10.0.0.1")),
                            new StackSetup.Link(1500, false, false),
                            StackLimits.defaults(),
                            TcpTimings.defaults(),
                            new StackSetup.Secrets(new Random(1), new StackSetup.Key(new byte[16])),
                            new Drops()),
                    Arrivals.NONE,
                    () -> wakes++);

    private int drain() {
        int count = 0;
        Packet packet = stack.poll(pool, nowNs);
        while (packet != null) {
            packet.release();
            count++;
            packet = stack.poll(pool, nowNs);
        }
        return count;
    }

    @Test
    void wakesOnceUntilItWasDrained() {
        stack.connect(SimulatedPair.FAR, new StreamEnd(0, 1, 0));
        stack.connect(SimulatedPair.FAR, new StreamEnd(0, 1, 0));
        assertEquals(1, wakes);
        assertEquals(2, drain());
        assertEquals(1, wakes);
        stack.connect(SimulatedPair.FAR, new StreamEnd(0, 1, 0));
        assertEquals(2, wakes);
    }

    @Test
    void doesNotSpinWhileNobodyPolls() {
        for (int i = 0; i < 10; i++) {
            stack.connect(SimulatedPair.FAR, new StreamEnd(0, 1, 0));
        }
        drain();
        int ticks = 0;
        long endNs = nowNs + 50 * SECOND_NS;
        while (nowNs < endNs && ticks < 1000) {
            nowNs = Math.max(nowNs, Math.min(endNs, stack.nextDeadlineNs()));
            stack.tick(nowNs);
            ticks++;
        }
        assertTrue(ticks < 100, ticks + " ticks");
    }

    @Test
    void doesNotSpinWhileFlowsAreBlocked() {
        Script script = new Script();
        script.open().write(20_000).take();
        int ticks = 0;
        long endNs = script.nowNs + 50 * SECOND_NS;
        while (script.nowNs < endNs && ticks < 1000) {
            script.nowNs = Math.max(script.nowNs, Math.min(endNs, script.stack.nextDeadlineNs()));
            script.stack.tick(script.nowNs);
            ticks++;
        }
        assertTrue(ticks < 100, ticks + " ticks");
    }
}
