package io.culvert.netstack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Five thousand flows of a kind in one stack: what they hold, idle and in use. */
final class ManyFlowsTest {
    private static final int FLOWS = 5000;
    private static final long SECOND_NS = 1_000_000_000;
    private static final StackLimits LIMITS =
            StackLimits.defaults().withFlows(16_384, 1024, 16_384, 4096);
    private static final byte[] CONTENT = new byte[16_384];

    private final List<TcpFlow> accepted = new ArrayList<>();
    private final List<UdpFlow> acceptedUdp = new ArrayList<>();
    private final Sink sink = new Sink();
    private final UdpSink udpSink = new UdpSink();
    private final SimulatedPair pair = new SimulatedPair(1, true, new Server(), LIMITS);
    private long received;

    private final class Sink implements TcpFlow.Listener {
        @Override
        public void onConnected(TcpFlow flow) {}

        @Override
        public void onReadable(TcpFlow flow) {
            while (flow.available() > 0) {
                int bytes = flow.view().remaining();
                received += bytes;
                flow.consume(bytes);
            }
        }

        @Override
        public void onWritable(TcpFlow flow) {}

        @Override
        public void onRemoteEnd(TcpFlow flow) {}

        @Override
        public void onClosed(TcpFlow flow, End end) {}
    }

    private final class UdpSink implements UdpFlow.Listener {
        @Override
        public void onDatagram(UdpFlow flow, Endpoint from, byte[] array, int offset, int length) {
            received += length;
        }

        @Override
        public void onUnreachable(UdpFlow flow, Endpoint to, Unreached cause) {}

        @Override
        public void onClosed(UdpFlow flow, End end) {}
    }

    private final class Server implements Arrivals {
        @Override
        public void onTcp(TcpRequest request) {
            accepted.add(request.accept(sink));
        }

        @Override
        public void onUdp(UdpRequest request) {
            acceptedUdp.add(request.accept(udpSink));
        }
    }

    @Test
    void tcpFlowsHoldLessThanAKilobyte() {
        List<TcpFlow> ours = new ArrayList<>();
        connect(ours, 200); // what the stacks themselves need
        HeapHistogram before = HeapHistogram.now();
        connect(ours, FLOWS);
        HeapHistogram idle = HeapHistogram.now().since(before);
        long each = idle.ours() / (2L * FLOWS);
        System.out.printf("many: an idle TCP flow holds %d bytes%n", each);
        assertTrue(each < 1024, () -> each + ":\n" + idle.fattest(2 * FLOWS));
        assertEquals(0, pair.client.status().bufferBytes());
        assertEquals(FLOWS + 200, pair.gateway.status().tcp().size());
        received = 0;
        long mostBytes = 0;
        long startNs = System.nanoTime();
        for (TcpFlow flow : ours) {
            assertEquals(CONTENT.length, flow.write(CONTENT, 0, CONTENT.length));
            mostBytes = Math.max(mostBytes, pair.client.status().bufferBytes());
        }
        long wanted = (long) CONTENT.length * ours.size();
        pair.runUntil(() -> received == wanted, 60 * SECOND_NS);
        System.out.printf(
                "many: %d TCP flows in use, %d bytes each, buffers of %d bytes a flow, %.2f s%n",
                ours.size(),
                CONTENT.length,
                mostBytes / ours.size(),
                (System.nanoTime() - startNs) / 1e9);
        HeapHistogram after = HeapHistogram.now().since(before);
        long used = after.ours() / (2L * FLOWS);
        System.out.printf("many: after that it holds %d bytes%n", used);
        assertTrue(used < 1200, () -> used + ":\n" + after.fattest(2 * FLOWS));
    }

    private void connect(List<TcpFlow> ours, int count) {
        for (int i = 0; i < count; i++) {
            TcpFlow flow = pair.client.connect(SimulatedPair.FAR, sink);
            ours.add(flow);
            flow.write(CONTENT, 0, 100);
            if (i % 100 == 99) {
                pair.run(SECOND_NS / 10);
            }
        }
        pair.run(2 * SECOND_NS);
        for (TcpFlow flow : accepted) {
            flow.write(CONTENT, 0, 3000);
        }
        pair.run(5 * SECOND_NS);
    }

    @Test
    void udpFlowsHoldLittle() {
        List<UdpFlow> ours = new ArrayList<>();
        open(ours, 200);
        HeapHistogram before = HeapHistogram.now();
        open(ours, FLOWS);
        HeapHistogram idle = HeapHistogram.now().since(before);
        long each = idle.ours() / (2L * FLOWS);
        System.out.printf("many: a UDP flow holds %d bytes%n", each);
        assertTrue(each < 400, () -> each + ":\n" + idle.fattest(2 * FLOWS));
        received = 0;
        for (UdpFlow flow : ours) {
            assertTrue(flow.send(CONTENT, 0, 500));
            pair.run(SECOND_NS / 2000);
        }
        pair.runUntil(() -> received == 500L * ours.size(), SECOND_NS);
        assertEquals(FLOWS + 200, pair.gateway.status().udpFlows());
        pair.run(400 * SECOND_NS);
        pair.assertNothingLeft();
    }

    private void open(List<UdpFlow> ours, int count) {
        for (int i = 0; i < count; i++) {
            UdpFlow flow = pair.client.openUdp(SimulatedPair.FAR, udpSink);
            ours.add(flow);
            flow.send(CONTENT, 0, 100);
            if (i % 100 == 99) {
                pair.run(SECOND_NS / 100);
            }
        }
    }
}
