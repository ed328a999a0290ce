package io.culvert.netstack;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.BigEndian;
import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.ip.Checksum;
import io.culvert.ip.IpPacket;
import io.culvert.ip.Ipv4Header;
import io.culvert.ip.TcpHeader;
import io.culvert.ip.VirtioHeader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Packets of live flows, mutated, into both stacks: nothing throws, and what is held stays within
 * the limits. The honest packets arrive too, so that flows get into all states.
 */
final class NetStackFuzz {
    private static final int AT = VirtioHeader.LENGTH;
    private static final int KEPT = 64;
    private static final long BUFFERS = 8 << 20;

    private final long seed = Long.getLong("culvert.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final List<Sample> samples = new ArrayList<>();
    private final List<UdpFlow> datagrams = new ArrayList<>();
    private final PacketPool pool = new PacketPool();
    private final SimulatedPair pair =
            new SimulatedPair(
                    seed,
                    random.nextBoolean(),
                    new Server(),
                    StackLimits.defaults()
                            .withBuffers(BUFFERS, 1 << 20)
                            .withFlows(200, 50, 200, 50));

    /** A packet of one stack to the other. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Sample(NetStack to, byte[] bytes) {}

    /** Which of the stacks mutants are sent to. */
    enum Target {
        /** The client's, which has addresses of its own and no others. */
        HOST,
        /** The gateway's, which takes every destination and asks what shall become of it. */
        TRANSIT,
        BOTH
    }

    /** Takes most of what is offered, in every way that there is. */
    private final class Server implements Arrivals {
        @Override
        public void onTcp(TcpRequest request) {
            switch (random.nextInt(8)) {
                case 0 -> request.reset();
                case 1 -> request.refuse(Unreached.HOST);
                case 2 -> request.drop();
                case 3 -> {} // never answered
                default -> request.accept(new Careless());
            }
        }

        @Override
        public void onTcpCancelled(TcpRequest request) {}

        @Override
        public void onUdp(UdpRequest request) {
            switch (random.nextInt(4)) {
                case 0 -> request.refuse(Unreached.PORT);
                case 1 -> request.drop();
                default -> request.accept(new Echo());
            }
        }

        @Override
        public void onEcho(EchoRequest request) {
            request.reply();
        }
    }

    /** Reads, writes and ends at random; what it reads may be anything. */
    private final class Careless implements TcpFlow.Listener {
        @Override
        public void onConnected(TcpFlow flow) {
            act(flow);
        }

        @Override
        public void onReadable(TcpFlow flow) {
            act(flow);
        }

        @Override
        public void onWritable(TcpFlow flow) {
            act(flow);
        }

        @Override
        public void onRemoteEnd(TcpFlow flow) {
            flow.close();
        }

        @Override
        public void onClosed(TcpFlow flow, End end) {
            flow.close();
        }

        private void act(TcpFlow flow) {
            byte[] bytes = new byte[1 + random.nextInt(20_000)];
            flow.write(bytes, 0, bytes.length);
            if (random.nextInt(5) > 0) {
                flow.read(bytes, 0, bytes.length);
            }
            switch (random.nextInt(60)) {
                case 0 -> flow.shutdownOutput();
                case 1 -> flow.close();
                case 2 -> flow.abort();
                default -> {}
            }
        }
    }

    private static final class Echo implements UdpFlow.Listener {
        @Override
        public void onDatagram(UdpFlow flow, Endpoint from, byte[] array, int offset, int length) {
            flow.send(array, offset, length);
        }

        @Override
        public void onUnreachable(UdpFlow flow, Endpoint to, Unreached cause) {}

        @Override
        public void onClosed(UdpFlow flow, End end) {}
    }

    @Test
    void nothingThrowsAndNothingGrows() {
        fuzz(Target.BOTH, 20_000);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("slow")
    void nothingThrowsAndNothingGrowsForLong(Target target) {
        fuzz(target, Integer.getInteger("culvert.fuzzPackets", 200_000));
    }

    private void fuzz(Target target, int packets) {
        System.out.println("fuzz seed " + seed);
        long connected = 0;
        long mostHeap = 0;
        for (int i = 0; i < packets; i++) {
            if (i % 50 == 0) {
                open();
            }
            exchange(pair.client, pair.gateway);
            exchange(pair.gateway, pair.client);
            if (!samples.isEmpty()) {
                attack(target);
            }
            pair.nowNs += random.nextInt(200) == 0 ? 5_000_000_000L : random.nextInt(2_000_000);
            pair.client.tick(pair.nowNs);
            pair.gateway.tick(pair.nowNs);
            if (i % 1000 == 0) {
                connected += checkBounds(pair.client) + checkBounds(pair.gateway);
            }
            if (i == packets / 2 || i == packets - 1) {
                mostHeap = Math.max(mostHeap, HeapHistogram.now().ours());
            }
        }
        System.out.printf(
                "fuzz %s: %d packets, %d flows seen, at most %d bytes of objects, drops %s%n",
                target, packets, connected, mostHeap, pair.drops.snapshot());
        assertTrue(mostHeap < 4 << 20, "objects of " + mostHeap);
        assertTrue(connected > packets / 1000, "flows " + connected);
    }

    private void attack(Target target) {
        NetStack chosen =
                switch (target) {
                    case HOST -> pair.client;
                    case TRANSIT -> pair.gateway;
                    case BOTH -> random.nextBoolean() ? pair.client : pair.gateway;
                };
        Sample sample = samples.get(random.nextInt(samples.size()));
        // some come back to where they were sent from
        for (int i = 0; i < 4 && sample.to() != chosen; i++) {
            sample = samples.get(random.nextInt(samples.size()));
        }
        byte[] mutant = mutate(sample.bytes().clone());
        chosen.receive(mutant, AT, mutant.length - AT, pair.nowNs);
    }

    private void open() {
        boolean isIpv6 = random.nextBoolean();
        Endpoint far = isIpv6 ? SimulatedPair.FAR_IPV6 : SimulatedPair.FAR;
        pair.client.connect(far, new Careless());
        pair.client.ping(far.address(), 1, random.nextInt(9), new byte[2000], NO_PINGS);
        datagrams.add(pair.client.openUdp(far, new Echo()));
        datagrams.getLast().send(new byte[3000], 0, random.nextInt(3000));
        if (datagrams.size() > 20) {
            datagrams.removeFirst().close();
        }
    }

    private static final PingListener NO_PINGS =
            new PingListener() {
                @Override
                public void onReply(int identifier, int sequence, long rttNs) {}

                @Override
                public void onFailure(
                        int identifier,
                        int sequence,
                        @org.jspecify.annotations.Nullable Unreached cause) {}
            };

    private void exchange(NetStack from, NetStack to) {
        Packet packet = from.poll(pool, pair.nowNs);
        if (packet == null) {
            return;
        }
        byte[] bytes =
                Arrays.copyOfRange(
                        packet.array(), packet.offset() - AT, packet.offset() + packet.length());
        packet.release();
        Sample sample = new Sample(to, bytes);
        if (samples.size() < KEPT) {
            samples.add(sample);
        } else {
            samples.set(random.nextInt(KEPT), sample);
        }
        if (random.nextInt(20) > 0) {
            to.receive(bytes, AT, bytes.length - AT, pair.nowNs);
        }
    }

    private byte[] mutate(byte[] bytes) {
        byte[] packet = bytes;
        if (random.nextInt(10) == 0) {
            packet = Arrays.copyOf(bytes, AT + random.nextInt(bytes.length - AT + 1));
        }
        VirtioHeader.clear(packet, AT);
        boolean isTrusted = random.nextInt(4) > 0;
        VirtioHeader.putKind(packet, AT, isTrusted ? VirtioHeader.DATA_VALID : 0, 0);
        int headers = Math.min(packet.length - AT, 80);
        // beyond the IP header's addresses most often, where more than the door is tried
        int first = headers > 60 && random.nextInt(4) > 0 ? transportOf(packet) : 0;
        for (int i = random.nextInt(4); i >= 0 && headers > 0; i--) {
            int place = AT + first + random.nextInt(headers - first);
            packet[place] =
                    switch (random.nextInt(4)) {
                        case 0 -> (byte) random.nextInt();
                        case 1 -> (byte) (packet[place] + random.nextInt(5) - 2);
                        case 2 -> (byte) (packet[place] ^ 1 << random.nextInt(8));
                        default -> (byte) (random.nextBoolean() ? 0 : 0xff);
                    };
        }
        if (headers >= 60 && random.nextInt(3) == 0) {
            shift(packet);
        }
        return packet;
    }

    private static int transportOf(byte[] packet) {
        return IpPacket.isIpv6(packet, AT) ? 40 : Ipv4Header.LENGTH;
    }

    /** Moves sequence numbers about, which single bytes seldom do in a plausible way. */
    private void shift(byte[] packet) {
        boolean isIpv6 = IpPacket.isIpv6(packet, AT);
        int tcp = AT + transportOf(packet);
        int field = tcp + (random.nextBoolean() ? 4 : 8);
        int span = 1 << random.nextInt(20);
        BigEndian.putInt(
                packet, field, BigEndian.getInt(packet, field) + random.nextInt(2 * span) - span);
        if (random.nextInt(3) == 0) {
            TcpHeader.putFlags(packet, tcp, random.nextInt(64));
        }
        if (!isIpv6) {
            Ipv4Header.putChecksum(packet, AT, 0);
            long sum = Checksum.add(0, packet, AT, Ipv4Header.LENGTH);
            Ipv4Header.putChecksum(packet, AT, Checksum.finish(sum));
        }
    }

    private int checkBounds(NetStack stack) {
        StackStatus status = stack.status();
        assertTrue(status.tcp().size() <= 200, () -> "flows " + status.tcp().size());
        assertTrue(status.pending() <= 50, () -> "pending " + status.pending());
        assertTrue(status.timeWaits() <= 50, () -> "lingering " + status.timeWaits());
        // beyond the limit each flow may still take what fills a hole, and has a chunk of its own
        assertTrue(status.bufferBytes() <= 3 * BUFFERS, () -> "buffers " + status.bufferBytes());
        assertTrue(status.fragmentBytes() <= 2 << 20, () -> "parts " + status.fragmentBytes());
        assertTrue(status.udpFlows() <= 200, () -> "UDP flows " + status.udpFlows());
        assertTrue(stack.context().outlet.leased() < 4096, "packets that wait");
        int stretches = stack.context().sents.inUse();
        assertTrue(stretches < 20_000, () -> "stretches " + stretches);
        return status.tcp().size();
    }
}
