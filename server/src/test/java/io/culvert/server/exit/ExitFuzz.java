package io.culvert.server.exit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.BigEndian;
import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPacket;
import io.culvert.ip.Ipv4Header;
import io.culvert.ip.TcpHeader;
import io.culvert.ip.VirtioHeader;
import io.culvert.libc.Errno;
import io.culvert.libc.SocketCalls.Kind;
import io.culvert.netstack.End;
import io.culvert.netstack.Endpoint;
import io.culvert.netstack.PingListener;
import io.culvert.netstack.StackLimits;
import io.culvert.netstack.StackStatus;
import io.culvert.netstack.UdpFlow;
import io.culvert.netstack.Unreached;
import io.culvert.server.exit.FakeSockets.FakeSocket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Mutated packets of live flows into the peer's stack and into the gateway's exit, whose sockets
 * answer, fail and stall as they like: nothing throws, no more is open than may be, and in the end
 * nothing is left. {@code -Dculvert.fuzz.packets=1000000} for long.
 */
final class ExitFuzz {
    private static final int AT = VirtioHeader.LENGTH;
    private static final int KEPT = 64;
    private static final int MOST_FLOWS = 150;
    private static final long BUFFERS = 8 << 20;

    /** A kernel's receive buffer: the target sends no more before the exit has read. */
    private static final int MOST_UNREAD = 256 << 10;

    private static final List<String> TARGETS =
            List.of("192.0.2.1", "192.0.2.2", "10.8.0.1", "10.8.0.3", "10.8.0.9", "10.0.0.1");

    private final long seed = Long.getLong("culvert.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final List<byte[]> samples = new ArrayList<>();
    private final ArrayDeque<PeerFlow> flows = new ArrayDeque<>();
    private final ArrayDeque<UdpFlow> datagrams = new ArrayDeque<>();
    private final PacketPool pool = new PacketPool();
    private final ExitScene scene =
            new ExitScene(
                    new ExitLimits(100, 1000, 0, MOST_FLOWS),
                    StackLimits.defaults()
                            .withBuffers(BUFFERS, 1 << 20)
                            .withFlows(200, 50, 200, 50),
                    true);
    private long connected;

    private static final PingListener NO_PINGS =
            new PingListener() {
                @Override
                public void onReply(int identifier, int sequence, long rttNs) {}

                @Override
                public void onFailure(int identifier, int sequence, @Nullable Unreached cause) {}
            };

    private static final UdpFlow.Listener NO_DATAGRAMS =
            new UdpFlow.Listener() {
                @Override
                public void onDatagram(
                        UdpFlow flow, Endpoint from, byte[] array, int offset, int length) {}

                @Override
                public void onUnreachable(UdpFlow flow, Endpoint to, Unreached cause) {}

                @Override
                public void onClosed(UdpFlow flow, End end) {}
            };

    @Test
    void nothingThrowsAndNothingIsLeft() {
        int packets = Integer.getInteger("culvert.fuzz.packets", 30_000);
        System.out.println("fuzz seed " + seed);
        long sinceNs = System.nanoTime();
        for (int i = 0; i < packets; i++) {
            if (i % 20 == 0) {
                open();
            }
            act();
            exchange();
            if (!samples.isEmpty()) {
                inject(mutate(samples.get(random.nextInt(samples.size())).clone()));
            }
            pass();
            if (i % 1000 == 0) {
                checkBounds();
            }
        }
        scene.exit.close();
        assertEquals(0, scene.sockets.open());
        assertEquals(List.of(), scene.exit.flows());
        System.out.printf(
                "fuzz %d packets in %d ms, %d sockets, %d connected, drops %s%n",
                packets,
                (System.nanoTime() - sinceNs) / 1_000_000,
                scene.sockets.count,
                connected,
                scene.drops.snapshot());
        assertTrue(connected > packets / 1000, "connected " + connected);
    }

    private void open() {
        Endpoint target =
                ExitScene.end(
                        TARGETS.get(random.nextInt(TARGETS.size())),
                        random.nextInt(3) == 0 ? 53 : 80);
        flows.add(new PeerFlow(scene.peer, target));
        UdpFlow flow = scene.peer.openUdp(target, NO_DATAGRAMS);
        datagrams.add(flow);
        flow.send(new byte[3000], 0, random.nextInt(3000));
        IpAddress pinged = target.address();
        scene.peer.ping(pinged, 1, random.nextInt(9), new byte[random.nextInt(2000)], NO_PINGS);
        if (flows.size() > 30) {
            PeerFlow oldest = flows.removeFirst();
            connected += oldest.isConnected() ? 1 : 0;
            if (random.nextBoolean()) {
                oldest.flow.abort();
            } else {
                oldest.flow.close();
            }
            datagrams.removeFirst().close();
        }
    }

    /** Some flow and some socket do something. */
    private void act() {
        for (PeerFlow flow : flows) {
            if (random.nextInt(30) == 0) {
                byte[] bytes = new byte[random.nextInt(20_000)];
                flow.flow.write(bytes, 0, bytes.length);
                var _ = flow.read();
            }
        }
        List<FakeSocket> sockets = scene.sockets.opened;
        sockets.removeIf(socket -> socket.isClosed);
        scene.sockets.refusal = random.nextInt(20) == 0 ? Errno.EMFILE : 0;
        for (FakeSocket socket : List.copyOf(sockets)) {
            if (random.nextInt(10) == 0 && !socket.isClosed) {
                act(socket);
            }
        }
    }

    private void act(FakeSocket socket) {
        boolean isConnecting =
                socket.kind == Kind.TCP && socket.isWriteWanted && !socket.isReadWanted;
        if (isConnecting && random.nextInt(3) == 0) {
            socket.answers(random.nextInt(4) == 0 ? Errno.ECONNREFUSED : 0);
            return;
        }
        switch (random.nextInt(12)) {
            case 0 -> socket.isEnded = socket.kind == Kind.TCP;
            case 1 -> socket.readError = Errno.ECONNRESET;
            case 2 -> socket.writeError = random.nextInt(5) == 0 ? Errno.EPIPE : 0;
            case 3 -> socket.room = 0;
            case 4 -> socket.room = Integer.MAX_VALUE;
            case 5 -> socket.comes(new byte[0]);
            default -> {
                byte[] bytes = new byte[1 + random.nextInt(30_000)];
                random.nextBytes(bytes);
                if (socket.left() < MOST_UNREAD) {
                    socket.comes(bytes);
                }
            }
        }
        socket.ready();
        socket.written.reset();
        socket.datagrams.clear();
    }

    private void exchange() {
        for (int i = 0; i < 3; i++) {
            keep(scene.peer.poll(pool, scene.nowNs), true);
            keep(scene.other.poll(pool, scene.nowNs), true);
            keep(scene.read(), false);
        }
    }

    /** Nearly all arrive, so that flows get into all states. */
    private void keep(@Nullable Packet packet, boolean isOutbound) {
        if (packet == null) {
            return;
        }
        int end = packet.offset() + packet.length();
        byte[] bytes = Arrays.copyOfRange(packet.array(), packet.offset() - AT, end);
        packet.release();
        if (samples.size() < KEPT) {
            samples.add(bytes);
        } else {
            samples.set(random.nextInt(KEPT), bytes);
        }
        if (random.nextInt(20) == 0) {
            return;
        }
        if (isOutbound) {
            scene.write(bytes, AT, bytes.length - AT);
        } else {
            scene.peer.receive(bytes, AT, bytes.length - AT, scene.nowNs);
        }
    }

    private void inject(byte[] mutant) {
        if (random.nextInt(4) == 0) {
            scene.peer.receive(mutant, AT, mutant.length - AT, scene.nowNs);
        } else {
            scene.write(mutant, AT, mutant.length - AT);
        }
    }

    private byte[] mutate(byte[] bytes) {
        byte[] packet = bytes;
        if (random.nextInt(10) == 0) {
            packet = Arrays.copyOf(bytes, AT + random.nextInt(bytes.length - AT + 1));
        }
        VirtioHeader.clear(packet, AT);
        int flags = random.nextInt(4) > 0 ? VirtioHeader.DATA_VALID : 0;
        VirtioHeader.putKind(packet, AT, flags, 0);
        int headers = Math.min(packet.length - AT, 80);
        for (int i = random.nextInt(4); i > 0 && headers > 0; i--) {
            int place = AT + random.nextInt(headers);
            packet[place] =
                    random.nextBoolean()
                            ? (byte) random.nextInt()
                            : (byte) (packet[place] ^ (1 << random.nextInt(8)));
        }
        if (headers >= Ipv4Header.LENGTH && !IpPacket.isIpv6(packet, AT)) {
            if (headers >= 40 && random.nextInt(3) == 0) {
                moveNumbers(packet, AT + Ipv4Header.LENGTH);
            }
            boolean isWhole = Ipv4Header.headerLength(packet, AT) <= packet.length - AT;
            if (isWhole) {
                Ipv4Header.fixChecksum(packet, AT);
            }
        }
        return packet;
    }

    /** Sequence numbers and flags, which single bytes seldom move in a plausible way. */
    private void moveNumbers(byte[] packet, int tcp) {
        int field = tcp + (random.nextBoolean() ? 4 : 8);
        int span = 1 << random.nextInt(20);
        int moved = BigEndian.getInt(packet, field) + random.nextInt(2 * span) - span;
        BigEndian.putInt(packet, field, moved);
        TcpHeader.putFlags(packet, tcp, random.nextInt(64));
    }

    private void pass() {
        boolean isLong = random.nextInt(200) == 0;
        scene.nowNs += isLong ? 5_000_000_000L : random.nextInt(2_000_000);
        scene.peer.tick(scene.nowNs);
        scene.other.tick(scene.nowNs);
        scene.gateway().tick(scene.nowNs);
        if (isLong) {
            scene.loop.timers.getFirst().action.run();
        }
    }

    private void checkBounds() {
        assertTrue(scene.exit.flows().size() <= MOST_FLOWS);
        assertTrue(scene.sockets.open() <= MOST_FLOWS, () -> scene.sockets.open() + " sockets");
        StackStatus status = scene.gateway().status();
        assertTrue(status.tcp().size() <= 200, () -> "flows " + status.tcp().size());
        assertTrue(status.pending() <= 50, () -> "pending " + status.pending());
        assertTrue(status.bufferBytes() <= 3 * BUFFERS, () -> "buffers " + status.bufferBytes());
    }
}
