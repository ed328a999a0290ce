package io.culvert.bench;

import io.culvert.ip.IpPrefix;
import io.culvert.route.AllowedIps;
import java.util.SplittableRandom;
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

/** Looking a packet's owner up by its address. Confined to JMH's thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RouteBenchmark {
    private static final int ADDRESSES = 1024;

    /** Prefixes of each family. */
    @Param({"1000", "100000"})
    public int prefixes;

    private AllowedIps<Integer> table = new AllowedIps<>();
    private final byte[] addresses = new byte[16 * ADDRESSES];
    private int next;

    /**
     * Random prefixes of /8 to /32 and /32 to /128, and random addresses within 10/8 and fd00/8.
     */
    @Setup
    public void fill() {
        SplittableRandom random = new SplittableRandom(1);
        table = new AllowedIps<>();
        for (int i = 0; i < prefixes; i++) {
            int low = random.nextInt(1 << 24);
            table.put(
                    IpPrefix.parse(
                            "10.%d.%d.%d/%d"
                                    .formatted(
                                            low >> 16,
                                            (low >> 8) & 255,
                                            low & 255,
                                            random.nextInt(8, 33))),
                    i);
            table.put(
                    IpPrefix.parse(
                            "fd00:%x:%x:%x::/%d"
                                    .formatted(
                                            low >>> 8,
                                            random.nextInt(65_536),
                                            random.nextInt(65_536),
                                            random.nextInt(32, 129))),
                    i);
        }
        random.nextBytes(addresses);
        for (int i = 0; i < ADDRESSES; i++) {
            addresses[16 * i] = i % 2 == 0 ? (byte) 10 : (byte) 0xfd;
        }
    }

    /** A random IPv4 address. */
    @Benchmark
    public @Nullable Integer ipv4() {
        next = (next + 1) & (ADDRESSES - 1);
        return table.lookup(addresses, 16 * next, false);
    }

    /** A random IPv6 address. */
    @Benchmark
    public @Nullable Integer ipv6() {
        next = (next + 1) & (ADDRESSES - 1);
        return table.lookup(addresses, 16 * next, true);
    }
}
