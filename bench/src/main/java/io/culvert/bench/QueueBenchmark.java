package io.culvert.bench;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.ip.FlowHash;
import io.culvert.queue.FlowQueue;
import io.culvert.queue.Limits;
import io.culvert.stats.Drops;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A packet through its peer's flow queue. Confined to JMH's thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class QueueBenchmark {
    private static final int FLOWS = 64;
    private static final int LENGTH = 1420;

    private final PacketPool pool = new PacketPool();
    private final FlowQueue queue = new FlowQueue(Limits.defaults(), new Drops());
    private final byte[] sample = Samples.superPacket(LENGTH);
    private long nowNs;

    /** Leased, hashed, added, taken, released: one flow. */
    @Benchmark
    public long oneFlow() {
        add(0);
        return take();
    }

    /** The same for one packet each of 64 flows. */
    @Benchmark
    public long manyFlows() {
        for (int flow = 0; flow < FLOWS; flow++) {
            add(flow * 0x0400_0000);
        }
        long bytes = 0;
        for (int flow = 0; flow < FLOWS; flow++) {
            bytes += take();
        }
        return bytes;
    }

    private void add(int turn) {
        Packet packet = pool.lease(LENGTH);
        packet.set(packet.offset(), LENGTH);
        System.arraycopy(sample, Samples.HEADROOM, packet.array(), packet.offset(), 40);
        int hash = FlowHash.of(packet.array(), packet.offset(), LENGTH);
        queue.add(packet, hash + turn, nowNs++);
    }

    private int take() {
        Packet packet = queue.poll(nowNs++);
        if (packet == null) {
            return 0;
        }
        int length = packet.length();
        packet.release();
        return length;
    }
}
