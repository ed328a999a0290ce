package io.culvert.bench;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.ip.IpAddress;
import io.culvert.netstack.Arrivals;
import io.culvert.netstack.End;
import io.culvert.netstack.Endpoint;
import io.culvert.netstack.NetStack;
import io.culvert.netstack.StackLimits;
import io.culvert.netstack.StackSetup;
import io.culvert.netstack.TcpFlow;
import io.culvert.netstack.TcpRequest;
import io.culvert.netstack.TcpTimings;
import io.culvert.stats.Drops;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A megabyte through one TCP flow between two stacks, back to back on one thread: both ends' work.
 * With {@code -prof gc} also what is allocated for that. Confined to JMH's thread.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class NetStackBenchmark {
    private static final int BYTES = 1 << 20;
    private static final int BATCH = 16;
    private static final long STEP_NS = 20_000;

    /** Whether the stacks give each other super-packets. */
    @Param({"true", "false"})
    public boolean hasSuperPackets;

    private final PacketPool pool = new PacketPool();
    private final byte[] content = new byte[65_536];
    private long nowNs = 1_000_000_000;
    private long received;
    private @Nullable NetStack client; // null until set up
    private @Nullable NetStack gateway;
    private @Nullable TcpFlow flow;

    private final class Sink implements TcpFlow.Listener, Arrivals {
        @Override
        public void onConnected(TcpFlow connected) {}

        @Override
        public void onReadable(TcpFlow from) {
            while (from.available() > 0) {
                int bytes = from.view().remaining();
                received += bytes;
                from.consume(bytes);
            }
        }

        @Override
        public void onWritable(TcpFlow to) {}

        @Override
        public void onRemoteEnd(TcpFlow from) {}

        @Override
        public void onClosed(TcpFlow closed, End end) {
            throw new IllegalStateException("closed: " + end);
        }

        @Override
        public void onTcp(TcpRequest request) {
            request.accept(this);
        }
    }

    /** Opens the flow. */
    @Setup
    public void open() {
        Sink sink = new Sink();
        NetStack one = stack("10.8.0.2", false, sink);
        client = one;
        gateway = stack("10.8.0.1", true, sink);
        flow = one.connect(new Endpoint(IpAddress.parse("192.0.2.1"), 80), sink);
        megabyte();
    }

    private NetStack stack(String address, boolean isTransit, Arrivals arrivals) {
        StackSetup setup =
                new StackSetup(
                        List.of(IpAddress.parse(address)),
                        new StackSetup.Link(1420, hasSuperPackets, isTransit),
                        StackLimits.defaults(),
                        TcpTimings.defaults(),
                        new StackSetup.Secrets(new Random(1), new StackSetup.Key(new byte[16])),
                        new Drops());
        return new NetStack(setup, arrivals, () -> {});
    }

    /** One megabyte. */
    @Benchmark
    public long megabyte() {
        NetStack from = client;
        NetStack to = gateway;
        TcpFlow through = flow;
        if (from == null || to == null || through == null) {
            throw new IllegalStateException("not set up");
        }
        long wanted = received + BYTES;
        int left = BYTES;
        while (received < wanted) {
            if (left > 0) {
                left -= through.write(content, 0, Math.min(left, content.length));
            }
            carry(from, to);
            carry(to, from);
            nowNs += STEP_NS;
            from.tick(nowNs);
            to.tick(nowNs);
        }
        return received;
    }

    private void carry(NetStack from, NetStack to) {
        for (int i = 0; i < BATCH; i++) {
            Packet packet = from.poll(pool, nowNs);
            if (packet == null) {
                return;
            }
            to.receive(packet.array(), packet.offset(), packet.length(), nowNs);
            packet.release();
        }
    }
}
