package io.culvert.netstack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPacket;
import io.culvert.stats.DropReason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One who wants the room, memory or time of others gets no more than a part of it. */
final class AttackTest {
    private static final long SECOND_NS = 1_000_000_000;

    private final List<End> ends = new ArrayList<>();
    private final List<TcpRequest> requests = new ArrayList<>();

    /** Writes as much as it may, and reads nothing that it is not asked to. */
    private final class Greedy implements TcpFlow.Listener {
        @Override
        public void onConnected(TcpFlow flow) {
            fill(flow);
        }

        @Override
        public void onReadable(TcpFlow flow) {}

        @Override
        public void onWritable(TcpFlow flow) {
            fill(flow);
        }

        @Override
        public void onRemoteEnd(TcpFlow flow) {}

        @Override
        public void onClosed(TcpFlow flow, End end) {
            ends.add(end);
        }

        private void fill(TcpFlow flow) {
            byte[] bytes = new byte[60_000];
            int taken = bytes.length;
            while (taken == bytes.length) {
                taken = flow.write(bytes, 0, bytes.length);
            }
        }
    }

    /** Reads for a while, and then no more. */
    private static final class Lazy implements TcpFlow.Listener {
        boolean isPaused;

        @Override
        public void onConnected(TcpFlow flow) {}

        @Override
        public void onReadable(TcpFlow flow) {
            while (!isPaused && flow.available() > 0) {
                flow.consume(flow.view().remaining());
            }
        }

        @Override
        public void onWritable(TcpFlow flow) {}

        @Override
        public void onRemoteEnd(TcpFlow flow) {}

        @Override
        public void onClosed(TcpFlow flow, End end) {}
    }

    /** Flows whose readers earn a large window, and then stop. */
    private static void hoard(SimulatedPair pair, int count) {
        for (int i = 0; i < count; i++) {
            Lazy end = new Lazy();
            pair.client.connect(SimulatedPair.FAR, end);
            pair.run(SECOND_NS / 20);
            end.isPaused = true;
        }
        pair.run(SECOND_NS);
    }

    @Test
    void thoseWhoDoNotReadLeaveMemoryToOthers() {
        StackLimits limits = StackLimits.defaults().withBuffers(16 << 20, 2 << 20);
        Greedy server = new Greedy();
        SimulatedPair pair =
                new SimulatedPair(
                        1,
                        true,
                        request -> {
                            boolean isHonest = request.local().port() == 81;
                            request.accept(isHonest ? new StreamEnd(1, 8_000_000, 0) : server);
                        },
                        limits);
        hoard(pair, 64);
        assertTrue(pair.gateway.status().bufferBytes() < 16 << 20);
        long share = pair.gateway.context().chunks.shareBytes();
        assertTrue(share >= 32 << 10, "share " + share);
        long startNs = pair.nowNs;
        StreamEnd honest = new StreamEnd(0, 0, 0);
        pair.client.connect(new Endpoint(SimulatedPair.FAR.address(), 81), honest);
        pair.runUntil(() -> honest.isClosed, 60 * SECOND_NS);
        System.out.printf(
                "attack: share %d bytes, 8 MB in %.2f s%n", share, (pair.nowNs - startNs) / 1e9);
        assertEquals(8_000_000, honest.received());
        assertTrue(pair.nowNs - startNs < SECOND_NS);
    }

    @Test
    void whoHoldsMoreThanItsShareBehindAClosedWindowIsReset() {
        StackLimits limits = StackLimits.defaults().withBuffers(8 << 20, 4 << 20);
        SimulatedPair pair =
                new SimulatedPair(1, true, request -> request.accept(new Greedy()), limits);
        hoard(pair, 64);
        long before = pair.gateway.status().bufferBytes();
        assertTrue(before > 4 << 20, () -> "holds " + before);
        pair.run(200 * SECOND_NS);
        assertTrue(pair.gateway.status().bufferBytes() <= 4 << 20);
        assertTrue(!ends.isEmpty(), ends::toString);
    }

    @Test
    void holesHoldNoMoreThanTheWindow() {
        Script script = new Script().open();
        for (int i = 0; i < 100; i++) { // a byte in each chunk, and nothing before the first
            script.inject(". " + (2 + 8192 * i) + "+1 ack 1").take();
        }
        long bytes = script.stack.status().bufferBytes();
        assertTrue(bytes > 0 && bytes <= 9 * 8192, () -> "holds " + bytes);
    }

    @Test
    void unreadBytesAreGivenUpWhenOthersNeedTheRoom() {
        StackLimits limits = StackLimits.defaults().withBuffers(1 << 20, 1 << 20);
        Lazy deaf = new Lazy();
        deaf.isPaused = true;
        SimulatedPair pair = new SimulatedPair(1, true, request -> request.accept(deaf), limits);
        for (int i = 0; i < 40; i++) {
            pair.client.connect(SimulatedPair.FAR, new Greedy());
            pair.run(SECOND_NS / 10);
        }
        long before = pair.gateway.status().bufferBytes();
        assertTrue(before > 1 << 19, () -> "holds " + before);
        pair.run(200 * SECOND_NS);
        assertTrue(pair.gateway.status().bufferBytes() <= 1 << 19);
        assertTrue(pair.gateway.status().tcp().size() < 40);
    }

    @Test
    void closedFlowDoesNotWaitForEverForAWindow() {
        Script script = new Script().open().write(5000);
        for (int i = 0; i < 5; i++) {
            script.take();
        }
        script.inject(". 1 ack 5001 win 0").write(5000);
        script.flow().close();
        for (int i = 0; i < 20 && script.flow().state() != TcpState.CLOSED; i++) {
            script.expectNothing().after(60_000).take().inject(". 1 ack 5001 win 0");
        }
        script.told("closed TIMED_OUT").take().assertOver();
    }

    @Test
    void onePeersDatagramsBeginOnlySoManyFlows() {
        StackLimits limits = StackLimits.defaults().withFlows(1000, 100, 200, 100);
        UdpFlow.Listener deaf = new DeafUdp();
        Arrivals server =
                new Arrivals() {
                    @Override
                    public void onTcp(TcpRequest request) {}

                    @Override
                    public void onUdp(UdpRequest request) {
                        request.accept(deaf);
                    }
                };
        SimulatedPair pair = new SimulatedPair(1, false, server, limits);
        for (int i = 0; i < 900; i++) {
            pair.client.openUdp(SimulatedPair.FAR, deaf).send(new byte[10], 0, 10);
            pair.run(SECOND_NS / 1000);
        }
        pair.run(SECOND_NS / 100);
        assertEquals(200, pair.gateway.status().udpFlows());
        assertEquals(700, pair.drops.of(DropReason.STACK_FULL));
        pair.run(200 * SECOND_NS);
        assertEquals(0, pair.gateway.status().udpFlows());
    }

    private static final class DeafUdp implements UdpFlow.Listener {
        @Override
        public void onDatagram(UdpFlow flow, Endpoint from, byte[] array, int offset, int length) {}

        @Override
        public void onUnreachable(UdpFlow flow, Endpoint to, Unreached cause) {}

        @Override
        public void onClosed(UdpFlow flow, End end) {}
    }

    @Test
    void onePeersOpeningsLeaveRoomForOthers() {
        StackLimits limits = StackLimits.defaults().withFlows(1000, 100, 1000, 100);
        SimulatedPair pair = new SimulatedPair(1, false, requests::add, limits);
        for (int i = 0; i < 100; i++) {
            pair.client.connect(SimulatedPair.FAR, new Greedy());
        }
        pair.run(SECOND_NS / 10);
        assertEquals(25, requests.size());
        IpAddress other = IpAddress.parse("10.8.0.3");
        FlowKey key = new FlowKey(new Endpoint(other, 5000), SimulatedPair.FAR);
        byte[] syn = new byte[20];
        syn[0] = 5000 >> 8;
        syn[1] = (byte) 5000;
        syn[3] = 80;
        syn[12] = 5 << 4;
        syn[13] = 2;
        byte[] packet = Raw.trusted(key, IpPacket.TCP, syn);
        pair.gateway.receive(packet, Raw.AT, packet.length - Raw.AT, pair.nowNs);
        assertEquals(26, requests.size());
    }

    @Test
    void halvesOfDatagramsDoNotKeepOthersFromBeingWhole() {
        SimulatedPair pair = new SimulatedPair(1, false, Arrivals.NONE);
        for (int i = 0; i < 1000; i++) {
            byte[] half =
                    Raw.packet(
                            Raw.ends(SimulatedPair.CLIENT, SimulatedPair.GATEWAY),
                            17,
                            new byte[800]);
            half[Raw.AT + 4] = (byte) (i >> 8);
            half[Raw.AT + 5] = (byte) i;
            half[Raw.AT + 6] = 0x20; // more fragments
            io.culvert.ip.Ipv4Header.fixChecksum(half, Raw.AT);
            pair.gateway.receive(half, Raw.AT, half.length - Raw.AT, pair.nowNs);
        }
        assertEquals(256 * 800, pair.gateway.status().fragmentBytes());
        assertEquals(744, pair.drops.of(DropReason.STACK_FULL));
        List<String> told = new ArrayList<>();
        pair.client.ping(
                SimulatedPair.GATEWAY,
                1,
                1,
                new byte[5000],
                new PingListener() {
                    @Override
                    public void onReply(int identifier, int sequence, long rttNs) {
                        told.add("reply");
                    }

                    @Override
                    public void onFailure(
                            int identifier,
                            int sequence,
                            @org.jspecify.annotations.Nullable Unreached cause) {
                        told.add("failure");
                    }
                });
        pair.run(SECOND_NS);
        assertEquals(List.of("reply"), told);
    }

    @Test
    void floodOfPingsLeavesRoomForDatagrams() {
        SimulatedPair pair = new SimulatedPair(1, false, Arrivals.NONE);
        byte[] ping =
                Raw.packet(
                        Raw.ends(SimulatedPair.CLIENT, SimulatedPair.GATEWAY),
                        1,
                        Raw.icmp(8, 0, 1, new byte[1000]));
        for (int i = 0; i < 10_000; i++) {
            pair.gateway.receive(ping, Raw.AT, ping.length - Raw.AT, pair.nowNs);
        }
        assertTrue(pair.drops.of(DropReason.RATE_LIMITED) > 9000);
        assertTrue(pair.gateway.context().outlet.lease(60_000) != null);
    }

    @Test
    void repeatedAcknowledgmentsWithoutSackLeaveTheFlowUsable() {
        Script script = new Script().open("mss 1000").write(3000);
        script.take().take().take();
        for (int i = 0; i < 10; i++) {
            script.inject(". 1 ack 1");
        }
        script.take().take().take().inject(". 1 ack 3001").told().expectNothing();
        script.write(10).expect("P. 3001+10").inject(". 1 ack 3011").expectNothing();
    }

    @Test
    void oneByteWritesDoNotFillTheScoreboard() {
        Script script = new Script().open("mss 1000,sackOK,wscale 7");
        script.inject(". 1 ack 1 win 60000");
        int sent = 0;
        for (int i = 0; i < 100_000; i++) {
            script.flow().write(new byte[1], 0, 1);
            script.nowNs++;
            script.stack.tick(script.nowNs);
            sent += script.takes() ? 1 : 0;
            if (i < 5000) {
                script.inject(". 1 ack " + (sent + 1) + " win 60000"); // the window grows
                script.takes();
            }
        }
        int stretches = script.stack.context().sents.inUse();
        assertTrue(stretches > 1000 && stretches <= 4096, () -> "stretches " + stretches);
    }
}
