package io.culvert.bench;

import io.culvert.ip.Coalescer;
import io.culvert.ip.Segmenter;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A super-packet of 64 KiB cut into 48 packets, and merged again. Confined to JMH's thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SegmentBenchmark {
    private static final int LENGTH = 65_000;
    private static final int ROOM = 2048;
    private static final int MOST = 64;

    private final Segmenter segmenter = new Segmenter();
    private final Coalescer coalescer = new Coalescer(this::count, true);
    private final byte[] packet = Samples.superPacket(LENGTH);
    private final byte[] cut = new byte[MOST * ROOM];
    private final int[] lengths = new int[MOST];
    private int segments;
    private long written;

    /** The packets that the second benchmark merges. */
    @Setup
    public void cutOnce() {
        segment();
    }

    /** 64 KiB cut. */
    @Benchmark
    public int segment() {
        segments = segmenter.start(packet, Samples.HEADROOM, LENGTH);
        for (int i = 0; i < segments; i++) {
            lengths[i] = segmenter.write(i, cut, i * ROOM + Samples.HEADROOM);
        }
        return segments;
    }

    private void count(byte[] array, int offset, int length) {
        written += length;
    }

    /** 64 KiB merged, checksums verified. */
    @Benchmark
    public long coalesce() {
        for (int i = 0; i < segments; i++) {
            coalescer.add(cut, i * ROOM + Samples.HEADROOM, lengths[i]);
        }
        coalescer.flush();
        return written;
    }
}
