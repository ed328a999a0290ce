package io.culvert.server.exit;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.crypto.PublicKey;
import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPacket;
import io.culvert.ip.IpPrefix;
import io.culvert.ip.Ipv4Header;
import io.culvert.netstack.Arrivals;
import io.culvert.netstack.Endpoint;
import io.culvert.netstack.NetStack;
import io.culvert.netstack.StackLimits;
import io.culvert.netstack.StackSetup;
import io.culvert.netstack.TcpTimings;
import io.culvert.server.exit.policy.EgressPolicy;
import io.culvert.server.testkit.ManualLoop;
import io.culvert.stats.Drops;
import io.culvert.tun.stack.StackTun;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A peer's stack and the gateway's with its exit, with nothing between them; time passes when the
 * test says so. Confined to the test.
 */
final class ExitScene {
    static final IpAddress GATEWAY = IpAddress.parse("10.8.0.1");
    static final IpAddress PEER = IpAddress.parse("10.8.0.2");
    static final IpAddress OTHER = IpAddress.parse("10.8.0.3");
    static final Endpoint RESOLVER = end("192.0.2.53", 53);
    static final Endpoint SECOND_RESOLVER = end("192.0.2.54", 53);
    private static final int LAST_OF_DESTINATION = 19;
    private static final long STEP_NS = 1_000_000;

    final ManualLoop loop = new ManualLoop();
    final FakeSockets sockets = new FakeSockets();
    final Drops drops = new Drops();
    final Exit exit;
    final NetStack peer;
    final NetStack other;
    final ExitTun tun;
    private final StackTun gateway;
    private final PacketPool pool = new PacketPool();
    long nowNs = 1_000_000_000;

    /** Whether the first peer was removed. */
    boolean isPeerGone;

    ExitScene(ExitLimits limits) {
        this(limits, StackLimits.defaults(), true);
    }

    ExitScene(ExitLimits limits, StackLimits stack, boolean arePeersLinked) {
        ExitGround ground =
                new ExitGround(
                        loop, sockets, this::present, () -> nowNs, () -> Instant.EPOCH, drops);
        ExitSetup setup =
                new ExitSetup(
                        List.of(GATEWAY),
                        List.of(IpPrefix.parse("10.8.0.1/24")),
                        new EgressPolicy(List.of(), false),
                        limits,
                        new Resolvers(List.of(RESOLVER, SECOND_RESOLVER)));
        this.exit = new Exit(ground, setup);
        this.gateway = new StackTun("gate", setup(GATEWAY, true, stack), exit, () -> nowNs);
        Hairpin hairpin =
                new Hairpin(ExitScene::leadsToPeer, List.of(GATEWAY), arePeersLinked, drops);
        this.tun = new ExitTun(gateway, hairpin);
        this.peer = new NetStack(setup(PEER, false, stack), Arrivals.NONE, () -> {});
        this.other = new NetStack(setup(OTHER, false, stack), Arrivals.NONE, () -> {});
        exit.serveNames(gateway.stack());
    }

    static Endpoint end(String address, int port) {
        return new Endpoint(IpAddress.parse(address), port);
    }

    private @Nullable PublicKey present(IpAddress address) {
        return isPeerGone && address.equals(PEER) ? null : ownerOf(address);
    }

    private static @Nullable PublicKey ownerOf(IpAddress address) {
        if (!address.equals(PEER) && !address.equals(OTHER)) {
            return null;
        }
        byte[] key = new byte[PublicKey.LENGTH];
        key[0] = (byte) (address.equals(PEER) ? 1 : 2);
        return PublicKey.ofBytes(key, 0);
    }

    private static boolean leadsToPeer(byte[] array, int offset) {
        return !IpPacket.isIpv6(array, offset)
                && ownerOf(IpAddress.of(array, offset + Ipv4Header.DESTINATION, false)) != null;
    }

    private StackSetup setup(IpAddress own, boolean isTransit, StackLimits limits) {
        return new StackSetup(
                List.of(own),
                new StackSetup.Link(1420, true, isTransit),
                limits,
                TcpTimings.defaults(),
                new StackSetup.Secrets(new Random(own.high()), new StackSetup.Key(new byte[16])),
                drops);
    }

    /** Moves what there is, both ways, until there is nothing. */
    void run() {
        boolean hasMoved = true;
        while (hasMoved) {
            nowNs += STEP_NS / 100;
            hasMoved = send(peer);
            hasMoved |= send(other);
            hasMoved |= answer();
        }
    }

    private boolean send(NetStack from) {
        Packet packet = from.poll(pool, nowNs);
        if (packet == null) {
            return false;
        }
        write(packet.array(), packet.offset(), packet.length());
        packet.release();
        return true;
    }

    /** A packet comes out of the tunnel. */
    void write(byte[] array, int offset, int length) {
        try {
            boolean _ = tun.write(array, offset, length);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private boolean answer() {
        Packet packet = read();
        if (packet == null) {
            return false;
        }
        stackOf(packet).receive(packet.array(), packet.offset(), packet.length(), nowNs);
        packet.release();
        return true;
    }

    /** The next packet into the tunnel; null when there is none. */
    @Nullable Packet read() {
        try {
            return tun.read(pool);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Whose packet it is, by its destination. */
    NetStack stackOf(Packet packet) {
        return packet.array()[packet.offset() + LAST_OF_DESTINATION] == 3 ? other : peer;
    }

    /** Lets time pass for all, and moves what comes of it. */
    void pass(long durationNs) {
        long untilNs = nowNs + durationNs;
        while (nowNs < untilNs) {
            nowNs = Math.min(untilNs, nowNs + 100 * STEP_NS);
            peer.tick(nowNs);
            other.tick(nowNs);
            gateway.stack().tick(nowNs);
            run();
        }
    }

    /** The exit's look at what is quiet. */
    void sweep() {
        loop.timers.getFirst().action.run();
        run();
    }

    NetStack gateway() {
        return gateway.stack();
    }
}
