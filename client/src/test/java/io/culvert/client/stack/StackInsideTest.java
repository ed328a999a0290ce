package io.culvert.client.stack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.client.proxy.FlowEnd;
import io.culvert.client.proxy.Inside;
import io.culvert.client.proxy.InsideAddress;
import io.culvert.client.proxy.InsideFlow;
import io.culvert.ip.IpAddress;
import io.culvert.netstack.Arrivals;
import io.culvert.netstack.EchoRequest;
import io.culvert.netstack.End;
import io.culvert.netstack.Endpoint;
import io.culvert.netstack.StackLimits;
import io.culvert.netstack.TcpFlow;
import io.culvert.netstack.TcpRequest;
import io.culvert.netstack.UdpRequest;
import io.culvert.netstack.Unreached;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The port to the inside over two real stacks. */
final class StackInsideTest {
    private static final InsideAddress FAR = at("192.0.2.80", 80);
    private static final InsideAddress FAR_IPV6 = at("2001:db8::80", 80);

    private final List<String> told = new ArrayList<>();
    private Consumer<TcpRequest> onTcp = request -> request.accept(new FarEnd());
    private @Nullable FarEnd accepted;
    private boolean isInCall;

    private JoinedStacks stacks = joined(StackLimits.defaults());
    private StackInside inside = inside(_ -> true);

    private static InsideAddress at(String ip, int port) {
        return new InsideAddress(IpAddress.parse(ip), port);
    }

    private JoinedStacks joined(StackLimits limits) {
        return new JoinedStacks(
                new Arrivals() {
                    @Override
                    public void onTcp(TcpRequest request) {
                        onTcp.accept(request);
                    }

                    @Override
                    public void onTcpCancelled(TcpRequest request) {}

                    @Override
                    public void onUdp(UdpRequest request) {
                        request.drop();
                    }

                    @Override
                    public void onEcho(EchoRequest request) {
                        request.reply();
                    }
                },
                limits);
    }

    private StackInside inside(java.util.function.Predicate<IpAddress> isRouted) {
        return new StackInside(stacks.near, JoinedStacks.OWN, isRouted);
    }

    /** The other end of what is opened. */
    private final class FarEnd implements TcpFlow.Listener {
        private @Nullable TcpFlow flow;
        private final java.io.ByteArrayOutputStream got = new java.io.ByteArrayOutputStream();

        FarEnd() {
            accepted = this;
        }

        @Override
        public void onConnected(TcpFlow opened) {
            flow = opened;
        }

        @Override
        public void onReadable(TcpFlow from) {
            byte[] part = new byte[from.available()];
            got.write(part, 0, from.read(part, 0, part.length));
        }

        @Override
        public void onWritable(TcpFlow to) {}

        @Override
        public void onRemoteEnd(TcpFlow from) {
            told.add("far end");
        }

        @Override
        public void onClosed(TcpFlow closed, End end) {
            told.add("far " + end);
        }

        TcpFlow flow() {
            return java.util.Objects.requireNonNull(flow);
        }
    }

    /** Tells all, and fails where it is told from within a call of the port. */
    private final class Owner implements InsideFlow.Listener {
        private void tell(String what) {
            assertTrue(!isInCall, "told from within a call");
            told.add(what);
        }

        @Override
        public void onConnected() {
            tell("connected");
        }

        @Override
        public void onReadable() {
            tell("readable");
        }

        @Override
        public void onWritable() {
            tell("writable");
        }

        @Override
        public void onRemoteEnd() {
            tell("end");
        }

        @Override
        public void onClosed(FlowEnd end) {
            tell("closed " + end);
        }
    }

    private InsideFlow connect(InsideAddress to) {
        isInCall = true;
        InsideFlow flow = inside.connect(to, new Owner());
        isInCall = false;
        return flow;
    }

    private FarEnd far() {
        FarEnd end = accepted;
        assertNotNull(end);
        return end;
    }

    @Test
    void bytesGoBothWaysAndBothEndsEnd() {
        for (InsideAddress to : List.of(FAR, FAR_IPV6)) {
            told.clear();
            InsideFlow flow = connect(to);
            assertEquals(to, flow.remote());
            stacks.run();
            assertEquals(List.of("connected"), told);
            assertEquals(3, flow.write(new byte[] {1, 2, 3}, 0, 3));
            stacks.run();
            assertArrayEquals(new byte[] {1, 2, 3}, far().got.toByteArray());
            assertEquals(2, far().flow().write(new byte[] {8, 9}, 0, 2));
            flow.shutdownOutput();
            stacks.run();
            assertEquals(List.of("connected", "far end", "readable"), told);
            assertEquals(2, flow.available());
            far().flow().shutdownOutput();
            stacks.run();
            assertTrue(told.contains("end"));
            byte[] got = new byte[9];
            assertEquals(2, flow.read(got, 4, 5));
            assertEquals(9, got[5]);
            assertTrue(told.contains("closed FINISHED"), told::toString);
            flow.close();
        }
        stacks.run(120_000_000_000L);
        assertEquals(0, stacks.near.status().bufferBytes());
        assertEquals(List.of(), stacks.near.status().tcp());
    }

    @Test
    void unreadBytesOutliveTheEnd() {
        InsideFlow flow = connect(FAR);
        stacks.run();
        flow.shutdownOutput();
        stacks.run();
        far().flow().write(new byte[1000], 0, 1000);
        far().flow().close();
        stacks.run();
        assertTrue(told.contains("closed FINISHED"), told::toString);
        assertEquals(1000, flow.available());
        assertEquals(1000, flow.read(new byte[2000], 0, 2000));
        assertEquals(0, flow.write(new byte[1], 0, 1));
        flow.close();
        assertEquals(0, stacks.near.status().bufferBytes());
    }

    @Test
    void fullSendBufferTellsWhenThereIsRoom() {
        InsideFlow flow = connect(FAR);
        stacks.run();
        byte[] block = new byte[65_536];
        new Random(2).nextBytes(block);
        int taken = block.length;
        long sent = 0;
        while (taken == block.length) {
            taken = flow.write(block, 0, block.length);
            sent += taken;
        }
        assertEquals(0, flow.writable());
        told.clear();
        stacks.run(1_000_000_000);
        assertTrue(told.contains("writable"));
        assertTrue(flow.writable() > 0);
        assertEquals(sent, far().got.size());
        far().flow().write(new byte[1], 0, 1);
        flow.abort();
        told.clear();
        stacks.run();
        assertEquals(List.of("far RESET"), told);
    }

    /** A splice asks before it reads, and then has written nothing that could have been refused. */
    @Test
    void askingForRoomThatIsNotThereIsEnough() {
        InsideFlow flow = connect(FAR);
        stacks.run();
        int room = flow.writable();
        while (room > 0) {
            assertEquals(room, flow.write(new byte[room], 0, room));
            room = flow.writable();
        }
        told.clear();
        stacks.run(1_000_000_000);
        assertTrue(told.contains("writable"), told::toString);
        flow.abort();
    }

    @Test
    void everyRefusalHasItsMeaning() {
        for (Unreached cause : Unreached.values()) {
            onTcp = request -> request.refuse(cause);
            connect(FAR_IPV6);
            stacks.run();
        }
        onTcp = TcpRequest::reset;
        connect(FAR);
        stacks.run();
        onTcp = TcpRequest::drop;
        connect(FAR);
        stacks.run(90_000_000_000L);
        assertEquals(
                List.of(
                        "closed NETWORK_UNREACHABLE",
                        "closed HOST_UNREACHABLE",
                        "closed REFUSED",
                        "closed DENIED",
                        "closed REFUSED",
                        "closed TIMED_OUT"),
                told);
    }

    @Test
    void hostThatNoPeerLeadsToIsAnotherNetwork() {
        inside = inside(address -> !address.equals(FAR.ip()));
        onTcp = request -> request.refuse(Unreached.HOST);
        connect(FAR);
        connect(FAR_IPV6);
        stacks.run();
        assertEquals(List.of("closed NETWORK_UNREACHABLE", "closed HOST_UNREACHABLE"), told);
    }

    @Test
    void resetIsTold() {
        connect(FAR);
        stacks.run();
        far().flow().abort();
        stacks.run();
        assertTrue(told.contains("closed RESET"), told::toString);
    }

    @Test
    void fullStackSaysSo() {
        stacks = joined(StackLimits.defaults().withFlows(1, 1, 8, 8));
        inside = inside(_ -> true);
        connect(FAR);
        connect(FAR);
        stacks.run();
        assertTrue(told.contains("closed EXHAUSTED"), told::toString);
        assertTrue(told.contains("connected"), told::toString);
    }

    @Test
    void nothingIsToldOnceLetGo() {
        InsideFlow aborted = connect(FAR);
        isInCall = true;
        aborted.abort();
        InsideFlow closed = inside.connect(FAR, new Owner());
        closed.close();
        isInCall = false;
        stacks.run(100_000_000_000L);
        assertEquals(List.of(), told.stream().filter(line -> !line.startsWith("far")).toList());
    }

    @Test
    void connectionsFromInsideAreTakenWhenTheyStand() {
        List<InsideFlow> taken = new ArrayList<>();
        Inside.Acceptor acceptor =
                flow -> {
                    taken.add(flow);
                    return new Owner();
                };
        Inside.Listening listening = inside.listen(null, 8080, acceptor);
        assertNotNull(listening);
        assertNull(inside.listen(null, 8080, acceptor));
        assertNull(inside.listen(FAR.ip(), 8081, acceptor));
        for (IpAddress own : JoinedStacks.OWN) {
            TcpFlow from = stacks.far.connect(new Endpoint(own, 8080), new FarEnd());
            stacks.run();
            from.write(new byte[5], 0, 5);
            stacks.run();
            InsideFlow flow = taken.getLast();
            assertEquals(5, flow.available());
            assertEquals(from.local().port(), flow.remote().port());
            assertEquals(2, flow.write(new byte[2], 0, 2));
            stacks.run();
            assertEquals(2, far().got.size());
        }
        assertEquals(List.of("readable", "readable"), told);
        listening.close();
        listening.close();
        stacks.far.connect(new Endpoint(JoinedStacks.OWN.getFirst(), 8080), new FarEnd());
        stacks.run();
        assertEquals("far REFUSED", told.getLast());
        assertEquals(2, taken.size());
        assertNotNull(inside.listen(JoinedStacks.OWN.getFirst(), 8080, acceptor));
    }
}
