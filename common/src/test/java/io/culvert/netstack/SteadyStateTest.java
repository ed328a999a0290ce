package io.culvert.netstack;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What segments cost: nothing is allocated for one. */
final class SteadyStateTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final byte[] CONTENT = new byte[65_536];

    private final PacketPool pool = new PacketPool();
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

    private final Arrivals server = request -> request.accept(new Sink());

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothingIsAllocatedForASegment(boolean isSuper) {
        SimulatedPair pair = new SimulatedPair(1, isSuper, server);
        TcpFlow flow = pair.client.connect(SimulatedPair.FAR, new Sink());
        pump(pair, flow, 32 << 20);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        long startNs = System.nanoTime();
        long bytes = 128 << 20;
        long packets = pump(pair, flow, bytes);
        double seconds = (System.nanoTime() - startNs) / 1e9;
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        System.out.printf(
                "steady super %b: %.2f Gbit/s, %d packets, %d bytes allocated%n",
                isSuper, bytes * 8 / seconds / 1e9, packets, allocated);
        assertTrue(allocated < 20 * packets, "allocated " + allocated + " for " + packets);
    }

    private long pump(SimulatedPair pair, TcpFlow flow, long bytes) {
        long end = received + bytes;
        long left = bytes;
        long packets = 0;
        while (received < end) {
            if (left > 0) {
                left -= flow.write(CONTENT, 0, (int) Math.min(left, CONTENT.length));
            }
            packets += carry(pair.client, pair.gateway, pair.nowNs);
            packets += carry(pair.gateway, pair.client, pair.nowNs);
            pair.nowNs += 20_000;
            pair.client.tick(pair.nowNs);
            pair.gateway.tick(pair.nowNs);
        }
        return packets;
    }

    private int carry(NetStack from, NetStack to, long nowNs) {
        int count = 0;
        Packet packet = from.poll(pool, nowNs);
        while (packet != null && count < 16) {
            to.receive(packet.array(), packet.offset(), packet.length(), nowNs);
            packet.release();
            count++;
            packet = count < 16 ? from.poll(pool, nowNs) : null;
        }
        return count;
    }
}
