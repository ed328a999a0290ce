package io.culvert.client.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.culvert.client.proxy.InsideAddress;
import io.culvert.client.proxy.InsideUdp;
import io.culvert.ip.IpAddress;
import io.culvert.netstack.Arrivals;
import io.culvert.netstack.EchoRequest;
import io.culvert.netstack.End;
import io.culvert.netstack.Endpoint;
import io.culvert.netstack.StackLimits;
import io.culvert.netstack.TcpRequest;
import io.culvert.netstack.UdpFlow;
import io.culvert.netstack.UdpRequest;
import io.culvert.netstack.Unreached;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** UDP sockets inside, over two real stacks. */
final class StackUdpTest {
    private static final InsideAddress FAR = at("192.0.2.80", 80);
    private static final InsideAddress FAR_IPV6 = at("2001:db8::80", 80);

    private final List<String> told = new ArrayList<>();
    private final List<UdpRequest> datagrams = new ArrayList<>();
    private final JoinedStacks stacks =
            new JoinedStacks(
                    new Arrivals() {
                        @Override
                        public void onTcp(TcpRequest request) {
                            request.reset();
                        }

                        @Override
                        public void onTcpCancelled(TcpRequest request) {}

                        @Override
                        public void onUdp(UdpRequest request) {
                            datagrams.add(request);
                        }

                        @Override
                        public void onEcho(EchoRequest request) {
                            request.reply();
                        }
                    },
                    StackLimits.defaults());
    private final StackInside inside = new StackInside(stacks.near, JoinedStacks.OWN, _ -> true);

    private static InsideAddress at(String ip, int port) {
        return new InsideAddress(IpAddress.parse(ip), port);
    }

    /** Tells what a socket hears. */
    private final class Hearer implements InsideUdp.Listener {
        @Override
        public void onDatagram(InsideAddress from, byte[] array, int offset, int length) {
            told.add(
                    from
                            + " "
                            + Arrays.toString(Arrays.copyOfRange(array, offset, length + offset)));
        }

        @Override
        public void onUnreachable(InsideAddress to) {
            told.add("unreachable " + to);
        }
    }

    /** What answers datagrams with the same. */
    private static UdpFlow.Listener echo() {
        return new UdpFlow.Listener() {
            @Override
            public void onDatagram(
                    UdpFlow flow, Endpoint from, byte[] array, int offset, int length) {
                flow.send(array, offset, length);
            }

            @Override
            public void onUnreachable(UdpFlow flow, Endpoint to, Unreached cause) {}

            @Override
            public void onClosed(UdpFlow flow, End end) {}
        };
    }

    @Test
    void datagramsOfBothFamiliesGoByOneSocket() {
        InsideUdp socket = inside.openUdp(new Hearer());
        assertNotNull(socket);
        for (InsideAddress to : List.of(FAR, FAR_IPV6)) {
            socket.send(to, new byte[] {0, 7, 0}, 1, 1);
            stacks.run();
            datagrams.getLast().accept(echo());
            stacks.run();
            assertEquals(to + " [7]", told.getLast());
        }
        socket.send(at("192.0.2.81", 9), new byte[1], 0, 1);
        stacks.run();
        datagrams.getLast().refuse(Unreached.PORT);
        stacks.run();
        assertEquals("unreachable 192.0.2.81:9", told.getLast());
        socket.close();
        socket.close();
        socket.send(FAR, new byte[1], 0, 1);
        stacks.run();
        assertEquals(3, told.size());
        assertEquals(0, stacks.near.status().udpFlows());
    }

    @Test
    void boundPortIsTakenOnce() {
        InsideUdp socket = inside.bindUdp(null, 53, new Hearer());
        assertNotNull(socket);
        assertNull(inside.bindUdp(JoinedStacks.OWN.getFirst(), 53, new Hearer()));
        assertNull(inside.bindUdp(FAR.ip(), 54, new Hearer()));
        UdpFlow flow = stacks.far.openUdp(new Endpoint(JoinedStacks.OWN.get(1), 53), echo());
        flow.send(new byte[] {5}, 0, 1);
        stacks.run();
        assertEquals(List.of("[fd08::1]:" + flow.local().port() + " [5]"), told);
        socket.close();
        assertNotNull(inside.bindUdp(null, 53, new Hearer()));
    }
}
