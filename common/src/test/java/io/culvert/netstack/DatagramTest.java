package io.culvert.netstack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.BigEndian;
import io.culvert.bytes.Packet;
import io.culvert.ip.IpAddress;
import io.culvert.stats.DropReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** UDP and ICMP through two stacks, and packets by hand. */
final class DatagramTest {
    private final List<String> told = new ArrayList<>();
    private final List<UdpRequest> requests = new ArrayList<>();
    private final List<EchoRequest> echoes = new ArrayList<>();
    private final SimulatedPair pair =
            new SimulatedPair(
                    7,
                    false,
                    new Arrivals() {
                        @Override
                        public void onTcp(TcpRequest request) {
                            request.refuse(Unreached.NETWORK);
                        }

                        @Override
                        public void onUdp(UdpRequest request) {
                            requests.add(request);
                        }

                        @Override
                        public void onEcho(EchoRequest request) {
                            echoes.add(request);
                        }
                    });

    private final class Recorder implements UdpFlow.Listener {
        private final String name;
        private byte[] last = {};

        Recorder(String name) {
            this.name = name;
        }

        @Override
        public void onDatagram(UdpFlow flow, Endpoint from, byte[] array, int offset, int length) {
            last = Arrays.copyOfRange(array, offset, offset + length);
            told.add(name + " " + from + " " + length);
        }

        @Override
        public void onUnreachable(UdpFlow flow, Endpoint to, Unreached cause) {
            boolean isOther = flow.remote() == null;
            told.add(name + " " + cause + (isOther ? " " + to : ""));
        }

        @Override
        public void onClosed(UdpFlow flow, End end) {
            told.add(name + " " + end);
        }
    }

    private final PingListener pinger =
            new PingListener() {
                @Override
                public void onReply(int identifier, int sequence, long rttNs) {
                    told.add("reply " + identifier + " " + sequence + " " + rttNs / 1_000_000);
                }

                @Override
                public void onFailure(int identifier, int sequence, @Nullable Unreached cause) {
                    told.add("failure " + sequence + " " + cause);
                }
            };

    private void run() {
        pair.run(100_000_000);
    }

    @Test
    void datagramsGoBothWays() {
        for (Endpoint far : List.of(SimulatedPair.FAR, SimulatedPair.FAR_IPV6)) {
            told.clear();
            Recorder client = new Recorder("client");
            UdpFlow flow = pair.client.openUdp(far, client);
            assertTrue(flow.send(new byte[] {1, 2, 3}, 1, 2));
            assertTrue(flow.send(new byte[100], 0, 100)); // held with the first
            run();
            Recorder server = new Recorder("server");
            UdpFlow other = requests.getLast().accept(server);
            run();
            assertEquals(far, other.local());
            assertEquals(
                    List.of("server " + flow.local() + " 2", "server " + flow.local() + " 100"),
                    told);
            assertTrue(other.send(new byte[] {9}, 0, 1));
            run();
            assertTrue(flow.send(new byte[0], 0, 0));
            run();
            assertEquals("client " + far + " 1", told.get(2));
            assertEquals("server " + flow.local() + " 0", told.get(3));
            assertArrayEquals(new byte[] {9}, client.last);
            flow.close();
            other.close();
        }
        pair.assertNothingLeft();
    }

    @Test
    void longDatagramsGoInFragments() {
        byte[] content = new byte[60_000];
        new Random(3).nextBytes(content);
        for (Endpoint far : List.of(SimulatedPair.FAR, SimulatedPair.FAR_IPV6)) {
            Recorder client = new Recorder("client");
            UdpFlow flow = pair.client.openUdp(far, client);
            long before = pair.up.packets;
            assertTrue(flow.send(content, 0, content.length));
            assertFalse(flow.send(new byte[65_530], 0, 65_530));
            run();
            assertTrue(pair.up.packets - before >= 43);
            Recorder server = new Recorder("server");
            UdpFlow other = requests.getLast().accept(server);
            run();
            assertArrayEquals(content, server.last);
            flow.close();
            other.close();
        }
        pair.assertNothingLeft();
    }

    @Test
    void refusalsAreTold() {
        UdpFlow flow = pair.client.openUdp(SimulatedPair.FAR, new Recorder("client"));
        for (Unreached cause : Unreached.values()) {
            flow.send(new byte[5], 0, 5);
            run();
            requests.getLast().refuse(cause);
            run();
        }
        assertEquals(
                List.of("client NETWORK", "client HOST", "client PORT", "client PROHIBITED"), told);
        flow.close();
        pair.assertNothingLeft();
    }

    @Test
    void silentFlowsEnd() {
        UdpFlow flow = pair.client.openUdp(SimulatedPair.FAR, new Recorder("client"));
        pair.run(100_000_000_000L);
        flow.send(new byte[1], 0, 1);
        pair.run(179_000_000_000L);
        assertEquals(List.of(), told);
        pair.run(2_000_000_000L);
        assertEquals(List.of("client TIMED_OUT"), told);
        pair.assertNothingLeft();
    }

    @Test
    void ownPortIsOpenToAnybody() {
        Recorder anybody = new Recorder("anybody");
        UdpFlow open = pair.gateway.openUdp(null, anybody);
        UdpFlow flow =
                pair.client.openUdp(
                        new Endpoint(SimulatedPair.GATEWAY, open.local().port()),
                        new Recorder("client"));
        flow.send(new byte[3], 0, 3);
        run();
        assertEquals(List.of("anybody " + flow.local() + " 3"), told);
        assertTrue(open.sendTo(flow.local(), new byte[4], 0, 4));
        run();
        assertEquals("client " + flow.remote() + " 4", told.get(1));
        open.close();
        flow.close();
        pair.assertNothingLeft();
    }

    @Test
    void boundPortServesBothFamiliesForEver() {
        UdpFlow bound = pair.gateway.bindUdp(null, 4500, new Recorder("bound"));
        assertNotNull(bound);
        pair.run(400_000_000_000L);
        for (IpAddress at : List.of(SimulatedPair.GATEWAY, SimulatedPair.GATEWAY_IPV6)) {
            told.clear();
            UdpFlow flow = pair.client.openUdp(new Endpoint(at, 4500), new Recorder("client"));
            flow.send(new byte[3], 0, 3);
            run();
            assertTrue(bound.sendTo(flow.local(), new byte[4], 0, 4));
            run();
            String there = new Endpoint(at, 4500).toString();
            assertEquals(List.of("bound " + flow.local() + " 3", "client " + there + " 4"), told);
            flow.close();
        }
        bound.close();
        pair.assertNothingLeft();
    }

    @Test
    void portsThatCannotBeHadAreRefused() {
        Recorder nobody = new Recorder("nobody");
        UdpFlow first = pair.gateway.bindUdp(SimulatedPair.GATEWAY, 4500, nobody);
        assertNotNull(first);
        assertNull(pair.gateway.bindUdp(null, 4500, nobody));
        assertNull(pair.gateway.bindUdp(SimulatedPair.GATEWAY, 4500, nobody));
        assertNull(pair.gateway.bindUdp(SimulatedPair.CLIENT, 4501, nobody));
        UdpFlow other = pair.gateway.bindUdp(SimulatedPair.GATEWAY_IPV6, 4500, nobody);
        assertNotNull(other);
        assertFalse(other.sendTo(SimulatedPair.FAR, new byte[1], 0, 1));
        first.close();
        other.close();
        UdpFlow again = pair.gateway.bindUdp(null, 4500, nobody);
        assertNotNull(again);
        again.close();
        pair.assertNothingLeft();
    }

    @Test
    void flowWithAnybodyHearsWhoCannotBeReached() {
        UdpFlow open = pair.client.bindUdp(null, 0, new Recorder("open"));
        assertNotNull(open);
        Endpoint deaf = new Endpoint(SimulatedPair.GATEWAY_IPV6, 9);
        assertTrue(open.sendTo(SimulatedPair.FAR, new byte[1], 0, 1));
        assertTrue(open.sendTo(deaf, new byte[1], 0, 1));
        run();
        requests.forEach(request -> request.refuse(Unreached.PORT));
        run();
        assertTrue(told.contains("open PORT " + SimulatedPair.FAR), told::toString);
        assertTrue(told.contains("open PORT " + deaf), told::toString);
        open.close();
        pair.assertNothingLeft();
    }

    @Test
    void tcpRefusalsAreTold() {
        StreamEnd client = new StreamEnd(0, 1, 0);
        pair.client.connect(SimulatedPair.FAR, client);
        run();
        assertEquals(End.NETWORK_UNREACHABLE, client.end);
        pair.assertNothingLeft();
    }

    @Test
    void ownAddressesAnswerPings() {
        pair.client.ping(SimulatedPair.GATEWAY, 5, 1, new byte[56], pinger);
        pair.client.ping(SimulatedPair.GATEWAY_IPV6, 5, 2, new byte[4000], pinger);
        run();
        assertEquals(List.of("reply 5 1 2", "reply 5 2 2"), told);
        pair.assertNothingLeft();
    }

    @Test
    void otherAddressesAreAskedFor() {
        IpAddress far = SimulatedPair.FAR.address();
        pair.client.ping(far, 5, 1, new byte[] {1, 2}, pinger);
        pair.client.ping(SimulatedPair.FAR_IPV6.address(), 5, 2, new byte[3], pinger);
        pair.client.ping(far, 5, 3, new byte[4], pinger);
        run();
        assertEquals(3, echoes.size());
        byte[] payload = new byte[2];
        echoes.get(0).copyPayload(payload, 0);
        assertArrayEquals(new byte[] {1, 2}, payload);
        echoes.get(0).reply();
        echoes.get(1).refuse(Unreached.HOST);
        pair.run(11_000_000_000L);
        assertEquals(List.of("failure 2 HOST", "reply 5 1 101", "failure 3 null"), told);
        pair.assertNothingLeft();
    }

    @Test
    void overlappingFragmentsSpoilTheDatagram() {
        FlowKey ends = Raw.ends(SimulatedPair.CLIENT, SimulatedPair.GATEWAY);
        byte[] echo = Raw.packet(ends, 1, Raw.icmp(8, 0, 7, new byte[92]));
        fragment(echo, 0, 48, true);
        fragment(echo, 40, 48, true);
        fragment(echo, 88, 12, false);
        assertNull(poll());
        assertTrue(pair.drops.of(DropReason.BAD_FRAGMENT) >= 2);
        pair.assertNothingLeft();
    }

    @Test
    void fragmentsInAnyOrderAreJoined() {
        FlowKey ends = Raw.ends(SimulatedPair.CLIENT, SimulatedPair.GATEWAY);
        byte[] echo = Raw.packet(ends, 1, Raw.icmp(8, 0, 7, new byte[92]));
        fragment(echo, 88, 12, false);
        fragment(echo, 0, 48, true);
        assertNull(poll());
        fragment(echo, 48, 40, true);
        byte[] reply = poll();
        assertNotNull(reply);
        assertEquals(120, reply.length);
        pair.assertNothingLeft();
    }

    private void fragment(byte[] whole, int from, int length, boolean hasMore) {
        byte[] part = Arrays.copyOf(whole, Raw.AT + 20 + length);
        System.arraycopy(whole, Raw.AT + 20 + from, part, Raw.AT + 20, length);
        BigEndian.putShort(part, Raw.AT + 2, 20 + length);
        BigEndian.putShort(part, Raw.AT + 6, (hasMore ? 0x2000 : 0) | from / 8);
        io.culvert.ip.Ipv4Header.fixChecksum(part, Raw.AT);
        pair.gateway.receive(part, Raw.AT, part.length - Raw.AT, pair.nowNs);
    }

    private byte @Nullable [] poll() {
        Packet packet = pair.gateway.poll(new io.culvert.bytes.PacketPool(), pair.nowNs);
        return packet == null ? null : Raw.taken(packet);
    }
}
