package io.culvert.netstack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.ip.IpAddress;
import io.culvert.stats.DropReason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Everything is bounded, and the bound is told where somebody can be told. */
final class LimitsTest {
    private static final long SECOND_NS = 1_000_000_000;

    private final List<TcpRequest> requests = new ArrayList<>();
    private final List<TcpRequest> cancelled = new ArrayList<>();
    private boolean accepts;

    private final Arrivals server =
            new Arrivals() {
                @Override
                public void onTcp(TcpRequest request) {
                    requests.add(request);
                    if (accepts) {
                        request.accept(new StreamEnd(1, 0, 0));
                    }
                }

                @Override
                public void onTcpCancelled(TcpRequest request) {
                    cancelled.add(request);
                }
            };

    private SimulatedPair pair(StackLimits limits) {
        return new SimulatedPair(3, false, server, limits);
    }

    private static List<StreamEnd> connect(SimulatedPair pair, int count) {
        List<StreamEnd> ends = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ends.add(new StreamEnd(0, 0, 0));
            pair.client.connect(SimulatedPair.FAR, ends.getLast());
        }
        pair.run(SECOND_NS / 10);
        return ends;
    }

    @Test
    void openingsThatNobodyAnswersAreFew() {
        SimulatedPair pair = pair(StackLimits.defaults().withFlows(100, 10, 100, 10));
        List<StreamEnd> ends = connect(pair, 30);
        assertEquals(10, requests.size());
        assertEquals(20, pair.drops.of(DropReason.STACK_FULL));
        pair.run(SECOND_NS);
        assertEquals(10, requests.size());
        pair.run(700 * SECOND_NS);
        assertTrue(ends.stream().allMatch(end -> end.end == End.TIMED_OUT));
        assertEquals(requests.size(), cancelled.size());
        pair.assertNothingLeft();
    }

    @Test
    void onePeerDoesNotTakeTheRoomOfAll() {
        accepts = true;
        SimulatedPair pair = pair(StackLimits.defaults().withFlows(100, 50, 5, 10));
        connect(pair, 8);
        assertEquals(5, requests.size());
    }

    @Test
    void flowsAreBoundedAndTheApplicationIsTold() {
        SimulatedPair pair = pair(StackLimits.defaults().withFlows(5, 50, 50, 10));
        List<StreamEnd> ends = connect(pair, 7);
        assertEquals(2, ends.stream().filter(end -> end.end == End.TOO_MANY).count());
        assertEquals(5, requests.size());
    }

    @Test
    void connectionsThatLingerAreBounded() {
        accepts = true;
        SimulatedPair pair = pair(StackLimits.defaults().withFlows(100, 50, 50, 10));
        List<StreamEnd> ends = connect(pair, 40);
        pair.run(SECOND_NS);
        assertTrue(ends.stream().allMatch(end -> end.end == End.FINISHED));
        assertEquals(10, pair.client.status().timeWaits() + pair.gateway.status().timeWaits());
        pair.assertNothingLeft();
    }

    @Test
    void whoIsRefusedHearsOfItWhenErrorsAreSpentToo() {
        SimulatedPair pair = pair(StackLimits.defaults().withFlows(4000, 2000, 4000, 10));
        List<StreamEnd> ends = connect(pair, 300);
        requests.forEach(request -> request.refuse(Unreached.PROHIBITED));
        pair.run(SECOND_NS / 10);
        long errors = ends.stream().filter(end -> end.end == End.PROHIBITED).count();
        long resets = ends.stream().filter(end -> end.end == End.REFUSED).count();
        assertEquals(300, errors + resets);
        assertTrue(errors >= 200, () -> errors + " errors");
        assertTrue(resets > 0, () -> resets + " resets");
        pair.assertNothingLeft();
    }

    @Test
    void familyWithoutAnAddressHasNoRoute() {
        NetStack stack =
                new NetStack(
                        new StackSetup(
                                List.of(IpAddress.parse("10.0.0.1")),
                                new StackSetup.Link(1500, false, false),
                                StackLimits.defaults(),
                                TcpTimings.defaults(),
                                new StackSetup.Secrets(
                                        new java.util.Random(1), new StackSetup.Key(new byte[16])),
                                new io.culvert.stats.Drops()),
                        Arrivals.NONE,
                        () -> {});
        StreamEnd end = new StreamEnd(0, 0, 0);
        stack.connect(SimulatedPair.FAR_IPV6, end);
        stack.tick(SECOND_NS);
        assertEquals(End.NETWORK_UNREACHABLE, end.end);
    }

    @Test
    void buffersOfAllFlowsAreBounded() {
        accepts = true;
        SimulatedPair pair = pair(StackLimits.defaults().withBuffers(1 << 20, 1 << 20));
        List<StreamEnd> ends = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            ends.add(new StreamEnd(0, 300_000, 0));
            pair.client.connect(SimulatedPair.FAR, ends.getLast());
        }
        for (int i = 0; i < 1000; i++) {
            pair.run(SECOND_NS / 100);
            assertTrue(pair.client.status().bufferBytes() <= 50 * 3 * 8192 + (1 << 20));
        }
        pair.runUntil(() -> ends.stream().allMatch(StreamEnd::isFinished), 600 * SECOND_NS);
        assertTrue(ends.stream().allMatch(end -> end.end == End.FINISHED));
        pair.assertNothingLeft();
    }

    @Test
    void errorsAreNotSentWithoutEnd() {
        SimulatedPair pair = pair(StackLimits.defaults());
        byte[] datagram =
                Raw.packet(
                        Raw.ends(SimulatedPair.CLIENT, SimulatedPair.GATEWAY),
                        17,
                        Raw.udp(5, 6, new byte[10]));
        int answers = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] copy = datagram.clone();
            pair.client.receive(copy, Raw.AT, copy.length - Raw.AT, pair.nowNs); // not for it
            copy[Raw.AT + 20] = (byte) (i >> 8);
            copy[Raw.AT + 21] = (byte) i;
            copy[Raw.AT + 26] = 0;
            copy[Raw.AT + 27] = 0;
            pair.gateway.receive(copy, Raw.AT, copy.length - Raw.AT, pair.nowNs);
        }
        PacketPool pool = new PacketPool();
        Packet packet = pair.gateway.poll(pool, pair.nowNs);
        while (packet != null) {
            packet.release();
            answers++;
            packet = pair.gateway.poll(pool, pair.nowNs);
        }
        assertEquals(200, answers);
        assertTrue(pair.drops.of(DropReason.NOT_LOCAL) >= 2000);
    }
}
