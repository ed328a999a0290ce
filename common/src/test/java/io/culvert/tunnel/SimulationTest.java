package io.culvert.tunnel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.crypto.PresharedKey;
import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Engines joined by a simulated network, for days of virtual time: nothing twice, nothing to the
 * wrong peer, nothing after its key's death, and the tunnel always comes back.
 *
 * <p>One seed alone: {@code -Dculvert.sim.seed=N}. More: {@code -Dculvert.sim.seeds=N}.
 */
final class SimulationTest {
    private static final long HOUR_NS = 3600 * SimNetwork.SECOND_NS;
    private static final int HOURS_A_SEED = 4;

    @Test
    void survivesHoursOfLossDuplicationReorderingAndAttacks() {
        run(1000, 8);
    }

    @Test
    @Tag("slow")
    void survivesAMonthAcrossTwoHundredSeeds() {
        Long only = Long.getLong("culvert.sim.seed");
        if (only != null) {
            run(only, 1);
        } else {
            run(1, Integer.getInteger("culvert.sim.seeds", 200));
        }
    }

    private static void run(long firstSeed, int seeds) {
        long delivered = 0;
        long datagrams = 0;
        long handshakes = 0;
        List<SimNetwork> networks =
                LongStream.range(firstSeed, firstSeed + seeds)
                        .parallel()
                        .mapToObj(SimulationTest::runSeed)
                        .toList();
        for (SimNetwork network : networks) {
            delivered += network.deliveredPackets;
            datagrams += network.transmittedDatagrams;
            handshakes += network.completedHandshakes;
        }
        System.out.printf(
                "simulation: seeds %d..%d, %.1f virtual days, %d datagrams, %d packets delivered,"
                        + " %d handshakes%n",
                firstSeed,
                firstSeed + seeds - 1,
                seeds * HOURS_A_SEED / 24.0,
                datagrams,
                delivered,
                handshakes);
        assertTrue(delivered > 0);
    }

    private static SimNetwork runSeed(long seed) {
        try {
            return new Scenario(seed).run();
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    /** A story from one seed: three hosts, faults that come and go, then calm. */
    private static final class Scenario {
        private final SimNetwork network;
        private final Random random;
        private final boolean clocksJump;
        private boolean isCalm;

        Scenario(long seed) {
            network = new SimNetwork(seed);
            random = network.random();
            // A host that restarts with its clock set back is locked out by the protocol itself,
            // so one story has jumping clocks and the other restarts.
            clocksJump = random.nextBoolean();
            SecureRandom keys = new SeededRandom(seed);
            for (int host = 1; host <= 3; host++) {
                network.nodes().add(new SimNode(network, host, keys));
            }
            PresharedKey psk =
                    random.nextBoolean() ? PresharedKey.NONE : PresharedKey.generate(keys);
            join(0, 1, psk);
            join(1, 2, PresharedKey.NONE);
            join(0, 2, PresharedKey.NONE);
        }

        private void join(int a, int b, PresharedKey psk) {
            SimNode first = network.nodes().get(a);
            SimNode second = network.nodes().get(b);
            first.addPeer(second, random.nextInt(3) == 0 ? 25 : 0, psk, true);
            second.addPeer(first, random.nextInt(3) == 0 ? 25 : 0, psk, random.nextBoolean());
        }

        SimNetwork run() {
            for (SimNode node : network.nodes()) {
                chat(node);
            }
            fault();
            network.runUntil(HOURS_A_SEED * HOUR_NS);
            calm();
            for (SimNode node : network.nodes()) {
                network.completedHandshakes +=
                        node.events.stream()
                                .filter(TunnelEvent.HandshakeCompleted.class::isInstance)
                                .count();
            }
            return network;
        }

        /** Sends a burst now and then; sometimes nothing for an hour. */
        private void chat(SimNode node) {
            SimNode to = network.nodes().get(random.nextInt(3));
            if (to != node) {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    network.sendFresh(node, to);
                }
            }
            long pauseNs =
                    random.nextInt(30) == 0
                            ? (long) (random.nextDouble() * HOUR_NS)
                            : (long) (random.nextDouble() * 8 * SimNetwork.SECOND_NS);
            network.after(pauseNs, () -> chat(node));
        }

        /** Changes the weather every so often. */
        private void fault() {
            if (isCalm) {
                return;
            }
            SimNode node = network.nodes().get(random.nextInt(3));
            switch (random.nextInt(8)) {
                case 0 -> network.loss = random.nextDouble() * 0.5;
                case 1 -> network.duplication = random.nextDouble() * 0.3;
                case 2 -> network.maxDelayNs = (long) (random.nextDouble() * 2e9);
                case 3 -> blackout();
                case 4 -> node.address = "host" + node.host + "at" + random.nextInt(1000);
                case 5 -> jumpOrRestart(node);
                default -> {
                    for (int i = 0; i < 20; i++) {
                        network.attack();
                    }
                }
            }
            long pauseNs = (long) (random.nextDouble() * 240 * SimNetwork.SECOND_NS);
            network.after(pauseNs, this::fault);
        }

        private void blackout() {
            network.blackout = true;
            long endNs = (long) (random.nextDouble() * 150 * SimNetwork.SECOND_NS);
            network.after(endNs, () -> network.blackout = false);
        }

        private void jumpOrRestart(SimNode node) {
            if (clocksJump) {
                long tenYearsMs = 10L * 365 * 86_400 * 1000;
                node.wallOffsetMs += (long) ((random.nextDouble() * 2 - 1) * tenYearsMs);
            } else if (random.nextInt(4) == 0) {
                node.restart();
            }
        }

        /** The network heals, everybody is where they are known to be: all must talk again. */
        private void calm() {
            isCalm = true;
            for (SimNode node : network.nodes()) {
                node.address = "host" + node.host;
                for (Peer<String> peer : node.tunnel.peers()) {
                    reconnect(node, peer);
                }
            }
            long endNs = network.nowNs() + 400 * SimNetwork.SECOND_NS;
            long settledNs = endNs - 20 * SimNetwork.SECOND_NS;
            while (network.nowNs() < endNs) {
                network.loss = 0;
                network.blackout = false;
                network.duplication = 0;
                network.maxDelayNs = 50_000_000;
                boolean settled = network.nowNs() >= settledNs;
                long[] ids = new long[6];
                int n = 0;
                for (SimNode from : network.nodes()) {
                    for (SimNode to : network.nodes()) {
                        if (from != to) {
                            ids[n++] = network.sendFresh(from, to);
                        }
                    }
                }
                network.runUntil(network.nowNs() + SimNetwork.SECOND_NS);
                for (int i = 0; settled && i < n; i++) {
                    assertTrue(network.wasDelivered(ids[i]), "packet " + ids[i] + " is lost");
                }
            }
        }

        private void reconnect(SimNode node, Peer<String> peer) {
            for (SimNode other : network.nodes()) {
                if (other.tunnel.publicKey().equals(peer.publicKey())) {
                    node.tunnel.connect(peer, other.address, network.nowNs());
                }
            }
        }
    }
}
