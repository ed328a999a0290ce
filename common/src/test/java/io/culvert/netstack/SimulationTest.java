package io.culvert.netstack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.netstack.SimulatedPath.Fate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two stacks over a path that loses, doubles, delays and reorders. Virtual time; the seed is
 * printed, and taken from {@code culvert.seed}.
 */
final class SimulationTest {
    private static final long SECOND_NS = 1_000_000_000;
    private static final long PATIENCE_NS = 36_000 * SECOND_NS;

    private final long seed = Long.getLong("culvert.seed", System.nanoTime());

    /** A gateway's application: takes every connection, and answers with a stream of its own. */
    private static final class Server implements Arrivals {
        final List<StreamEnd> ends = new ArrayList<>();
        final long toSend;
        final int readStep;

        Server(long toSend, int readStep) {
            this.toSend = toSend;
            this.readStep = readStep;
        }

        @Override
        public void onTcp(TcpRequest request) {
            StreamEnd end = new StreamEnd(1, toSend, readStep);
            ends.add(end);
            request.accept(end);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, true, 4000000",
        "0, 0, 0, false, 4000000",
        "0.01, 0, 0, true, 4000000",
        "0.01, 0.01, 0.1, false, 4000000",
        "0.05, 0.02, 0.2, true, 2000000",
        "0.05, 0.02, 0.2, false, 2000000",
        "0.1, 0.05, 0.5, true, 1000000",
        "0.2, 0.05, 0.5, false, 400000",
        "0.3, 0.1, 0.5, true, 200000",
        "0.3, 0.1, 0.5, false, 100000",
        "0, 0, 0.5, false, 4000000",
    })
    void bothStreamsArrive(double loss, double doubled, double late, boolean isSuper, int bytes) {
        System.out.println("simulation seed " + seed);
        Server server = new Server(bytes / 2, 0);
        SimulatedPair pair = new SimulatedPair(seed, isSuper, server);
        pair.setFate(new Fate(loss, doubled, late, 20_000_000));
        StreamEnd client = new StreamEnd(0, bytes, 1500);
        Endpoint far = loss > 0.15 ? SimulatedPair.FAR_IPV6 : SimulatedPair.FAR;
        long startNs = pair.nowNs;
        pair.client.connect(far, client);
        pair.runUntil(
                () -> client.isClosed && !server.ends.isEmpty() && server.ends.getFirst().isClosed,
                PATIENCE_NS);
        System.out.printf(
                "simulation loss %.2f late %.1f super %b: %d bytes in %.2f s, %d of %d lost%n",
                loss,
                late,
                isSuper,
                bytes,
                (pair.nowNs - startNs) / 1e9,
                pair.up.lost + pair.down.lost,
                pair.up.packets + pair.down.packets);
        StreamEnd other = server.ends.getFirst();
        assertEquals(End.FINISHED, client.end);
        assertEquals(End.FINISHED, other.end);
        assertEquals(bytes, other.received());
        assertEquals(bytes / 2, client.received());
        pair.assertNothingLeft();
    }

    @Test
    void manyFlowsAtOnceAndSomeAreAborted() {
        System.out.println("simulation seed " + seed);
        Server server = new Server(20_000, 777);
        SimulatedPair pair = new SimulatedPair(seed, false, server);
        pair.setFate(new Fate(0.02, 0.01, 0.1, 10_000_000));
        List<StreamEnd> clients = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            StreamEnd client = new StreamEnd(0, pair.random.nextInt(100_000), 0);
            if (pair.random.nextInt(4) == 0) {
                client.abortAt = pair.random.nextInt(60_000);
            }
            clients.add(client);
            pair.client.connect(i % 2 == 0 ? SimulatedPair.FAR : SimulatedPair.FAR_IPV6, client);
            pair.run(pair.random.nextInt(10_000_000));
        }
        pair.runUntil(() -> clients.stream().allMatch(StreamEnd::isFinished), PATIENCE_NS);
        pair.runUntil(() -> server.ends.stream().allMatch(StreamEnd::isFinished), PATIENCE_NS);
        long finished = clients.stream().filter(end -> end.end == End.FINISHED).count();
        assertTrue(finished > 100, "finished " + finished);
        pair.assertNothingLeft();
    }

    @Test
    void theRateOfALinkIsUsed() {
        System.out.println("simulation seed " + seed);
        Server server = new Server(0, 0);
        SimulatedPair pair = new SimulatedPair(seed, true, server);
        pair.setFate(new Fate(0, 0, 0, 20_000_000));
        pair.up.setRate(12_500_000, 50_000_000); // 100 Mbit/s, 50 ms of queue
        StreamEnd client = new StreamEnd(0, 60_000_000, 0);
        long startNs = pair.nowNs;
        pair.client.connect(SimulatedPair.FAR, client);
        pair.runUntil(() -> client.isClosed, PATIENCE_NS);
        double seconds = (pair.nowNs - startNs) / 1e9;
        System.out.printf("simulation 60 MB at 100 Mbit/s: %.2f s%n", seconds);
        assertTrue(seconds < 6.5, "took " + seconds + " s");
    }
}
