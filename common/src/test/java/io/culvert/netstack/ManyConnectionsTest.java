package io.culvert.netstack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.netstack.SimulatedPath.Fate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections by the ten thousand, between two stacks, in virtual time. */
@Tag("slow")
final class ManyConnectionsTest {
    private static final long SECOND_NS = 1_000_000_000;
    private static final long PATIENCE_NS = 36_000 * SECOND_NS;

    private final long seed = Long.getLong("culvert.seed", System.nanoTime());
    private final List<StreamEnd> accepted = new ArrayList<>();
    private long served;

    /** Ends as soon as the other side has, and is forgotten. */
    private final class Brief implements TcpFlow.Listener {
        @Override
        public void onConnected(TcpFlow flow) {}

        @Override
        public void onReadable(TcpFlow flow) {}

        @Override
        public void onWritable(TcpFlow flow) {}

        @Override
        public void onRemoteEnd(TcpFlow flow) {
            flow.close();
        }

        @Override
        public void onClosed(TcpFlow flow, End end) {
            served += end == End.FINISHED ? 1 : 0;
        }
    }

    @Test
    void tenThousandWithAbortsOnBothSidesLeaveNothing() {
        System.out.println("simulation seed " + seed);
        SimulatedPair pair =
                new SimulatedPair(
                        seed,
                        true,
                        request -> {
                            StreamEnd end = new StreamEnd(1, accepted.size() % 5000, 0);
                            end.abortAt = accepted.size() % 4 == 0 ? 1000 : Long.MAX_VALUE;
                            accepted.add(end);
                            request.accept(end);
                        });
        pair.setFate(new Fate(0.02, 0.01, 0.1, 10_000_000));
        List<StreamEnd> clients = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            StreamEnd client = new StreamEnd(0, pair.random.nextInt(5000), 0);
            if (pair.random.nextInt(3) == 0) {
                client.abortAt = pair.random.nextInt(4000);
            }
            clients.add(client);
            pair.client.connect(i % 2 == 0 ? SimulatedPair.FAR : SimulatedPair.FAR_IPV6, client);
            pair.run(pair.random.nextInt(2_000_000));
        }
        pair.runUntil(() -> clients.stream().allMatch(StreamEnd::isFinished), PATIENCE_NS);
        pair.runUntil(() -> accepted.stream().allMatch(StreamEnd::isFinished), PATIENCE_NS);
        long finished = clients.stream().filter(end -> end.end == End.FINISHED).count();
        long reset = clients.stream().filter(end -> end.end == End.RESET).count();
        System.out.printf("simulation 10,000: %d finished, %d reset%n", finished, reset);
        assertTrue(finished > 2000 && reset > 500, finished + " and " + reset);
        pair.assertNothingLeft();
    }

    /** There are 28,232 ports; those of the last minute are in TIME-WAIT if so many may linger. */
    @ParameterizedTest
    @ValueSource(ints = {4096, 60_000})
    void twoThousandASecondToOneTargetDoNotRunOutOfPorts(int lingering) {
        int rate = 2000;
        int seconds = 25;
        StackLimits limits = StackLimits.defaults().withFlows(16_384, 1024, 16_384, lingering);
        SimulatedPair pair = new SimulatedPair(1, true, r -> r.accept(new Brief()), limits);
        List<StreamEnd> open = new ArrayList<>();
        int mostLingering = 0;
        long startNs = System.nanoTime();
        for (int i = 0; i < rate * seconds; i++) {
            StreamEnd client = new StreamEnd(0, 0, 0);
            open.add(client);
            pair.client.connect(SimulatedPair.FAR, client);
            pair.run(SECOND_NS / rate);
            open.removeIf(ManyConnectionsTest::hasFinished);
            assertTrue(open.size() < 100, () -> "waiting " + open.size());
            mostLingering = Math.max(mostLingering, pair.client.status().timeWaits());
        }
        pair.run(10 * SECOND_NS);
        System.out.printf(
                "simulation %d connections of %d/s in %.1f s, %d lingered%n",
                (long) rate * seconds, rate, (System.nanoTime() - startNs) / 1e9, mostLingering);
        assertEquals((long) rate * seconds, served);
        assertTrue(mostLingering <= lingering);
        pair.assertNothingLeft();
    }

    private static boolean hasFinished(StreamEnd end) {
        assertTrue(end.end == null || end.end == End.FINISHED, () -> "ended " + end.end);
        return end.isClosed;
    }
}
