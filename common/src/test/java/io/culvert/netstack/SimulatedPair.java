package io.culvert.netstack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.ip.IpAddress;
import io.culvert.netstack.SimulatedPath.Fate;
import io.culvert.stats.Drops;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** Two stacks, a client and a gateway that takes any destination, and the time between them. */
final class SimulatedPair {
    static final IpAddress CLIENT = IpAddress.parse("10.8.0.2");
    static final IpAddress CLIENT_IPV6 = IpAddress.parse("fd08::2");
    static final IpAddress GATEWAY = IpAddress.parse("10.8.0.1");
    static final IpAddress GATEWAY_IPV6 = IpAddress.parse("fd08::1");
    static final Endpoint FAR = new Endpoint(IpAddress.parse("192.0.2.80"), 80);
    static final Endpoint FAR_IPV6 = new Endpoint(IpAddress.parse("2001:db8::80"), 80);

    private static final int BATCH = 8;
    private static final long SECOND_NS = 1_000_000_000;

    /** So patient that no seed makes a flow give up where three packets of ten are lost. */
    private static final TcpTimings PATIENT =
            new TcpTimings(
                    600 * SECOND_NS,
                    7200 * SECOND_NS,
                    60 * SECOND_NS,
                    600 * SECOND_NS,
                    SECOND_NS / 25);

    final Random random;
    final NetStack client;
    final NetStack gateway;
    final Drops drops = new Drops();
    final SimulatedPath up;
    final SimulatedPath down;
    private final PacketPool pool = new PacketPool();
    long nowNs = 1_000_000_000_000L;

    SimulatedPair(long seed, boolean hasSuperPackets, Arrivals arrivals) {
        this(seed, hasSuperPackets, arrivals, StackLimits.defaults());
    }

    SimulatedPair(long seed, boolean hasSuperPackets, Arrivals arrivals, StackLimits limits) {
        random = new Random(seed);
        up = new SimulatedPath(random, Fate.GOOD);
        down = new SimulatedPath(random, Fate.GOOD);
        client =
                new NetStack(
                        setup(List.of(CLIENT, CLIENT_IPV6), hasSuperPackets, false, limits),
                        Arrivals.NONE,
                        () -> {});
        gateway =
                new NetStack(
                        setup(List.of(GATEWAY, GATEWAY_IPV6), hasSuperPackets, true, limits),
                        arrivals,
                        () -> {});
    }

    private StackSetup setup(
            List<IpAddress> own, boolean hasSuperPackets, boolean isTransit, StackLimits limits) {
        byte[] key = new byte[16];
        random.nextBytes(key);
        return new StackSetup(
                own,
                new StackSetup.Link(1420, hasSuperPackets, isTransit),
                limits,
                PATIENT,
                new StackSetup.Secrets(random, new StackSetup.Key(key)),
                drops);
    }

    void setFate(Fate fate) {
        up.setFate(fate);
        down.setFate(fate);
    }

    /** Lets time pass until it is so; fails when that takes longer than this. */
    void runUntil(BooleanSupplier isDone, long mostNs) {
        long endNs = nowNs + mostNs;
        while (!isDone.getAsBoolean()) {
            assertTrue(nowNs < endNs, () -> "not done after " + mostNs / 1e9 + " s" + describe());
            step(endNs);
        }
    }

    /** Lets so much time pass. */
    void run(long ns) {
        long endNs = nowNs + ns;
        while (nowNs < endNs) {
            step(endNs);
        }
    }

    private String describe() {
        return "\n client "
                + client.status()
                + "\n gateway "
                + gateway.status()
                + "\n "
                + drops.snapshot();
    }

    private void step(long endNs) {
        boolean isBusy = send(client, up);
        isBusy |= send(gateway, down);
        isBusy |= up.deliver(gateway, nowNs);
        isBusy |= down.deliver(client, nowNs);
        if (isBusy) {
            return;
        }
        long next = Math.min(up.nextNs(), down.nextNs());
        next = Math.min(next, Math.min(client.nextDeadlineNs(), gateway.nextDeadlineNs()));
        nowNs = Math.min(endNs, Math.max(nowNs, next));
        client.tick(nowNs);
        gateway.tick(nowNs);
    }

    private boolean send(NetStack from, SimulatedPath path) {
        for (int i = 0; i < BATCH; i++) {
            Packet packet = from.poll(pool, nowNs);
            if (packet == null) {
                return i > 0;
            }
            path.send(packet.array(), packet.offset(), packet.length(), nowNs);
            packet.release();
        }
        return true;
    }

    /** Nothing is left in either stack once all that lingers is over. */
    void assertNothingLeft() {
        run(700 * SECOND_NS);
        for (NetStack stack : List.of(client, gateway)) {
            StackStatus status = stack.status();
            assertEquals(List.of(), status.tcp());
            assertEquals(0, status.pending());
            assertEquals(0, status.timeWaits());
            assertEquals(0, status.udpFlows());
            assertEquals(0, status.bufferBytes());
            assertEquals(0, status.fragmentBytes());
            assertEquals(0, stack.context().sents.inUse());
            assertEquals(0, stack.context().outlet.leased());
            assertEquals(0, stack.context().quota.size());
            assertEquals(0, stack.context().openings.size());
            assertEquals(Long.MAX_VALUE, stack.nextDeadlineNs());
        }
        assertEquals(0, pool.leased());
    }
}
