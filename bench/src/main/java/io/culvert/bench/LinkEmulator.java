package io.culvert.bench;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.libc.Epoll;
import io.culvert.tun.linux.LinuxTun;
import io.culvert.tun.linux.Offloads;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Cables of a given rate, buffer, delay and loss, for {@code LINK=… bench/run}: each between two
 * TUN devices, which the caller moves to the namespaces that they join. What netem and tbf would
 * do, where the kernel has no netem. One thread for all cables; confined to it.
 *
 * <p>Each way of a cable: a packet is lost by chance; else it waits in a drop-tail buffer until the
 * rate lets it leave, {@value #ETHERNET} bytes longer than its IP packet; then it takes the delay,
 * and up to the jitter more, in order. A packet chosen for reordering takes {@value
 * #REORDERED_AFTER_MS} ms more while others pass it.
 */
@CommandLine.Command(name = "LinkEmulator")
final class LinkEmulator implements Callable<Integer> {
    private static final long NS_PER_MS = 1_000_000L;
    private static final int ETHERNET = 14;
    private static final long REORDERED_AFTER_MS = 5;
    private static final long LONGEST_PARK_NS = 100_000;
    private static final int READS = 64;
    private static final int HUNDRED = 100;
    private static final int MILLI = 1000;

    @Option(names = "rate", required = true, description = "Mbit/s, each way")
    private double megabits;

    @Option(names = "buffer", required = true, description = "ms of the rate")
    private double bufferMs;

    @Option(names = "delay", description = "ms, one way")
    private double delayMs;

    @Option(names = "jitter", description = "ms at most, one way")
    private double jitterMs;

    @Option(names = "loss", description = "percent")
    private double lossPercent;

    @Option(names = "reorder", description = "percent")
    private double reorderPercent;

    @Option(names = "seed", description = "of what is left to chance")
    private long seed = 1;

    @Parameters(description = "names of devices, two for each cable")
    private List<String> devices = List.of();

    private final PacketPool pool = new PacketPool();
    private final List<Way> ways = new ArrayList<>();
    private final PriorityQueue<InFlight> inFlight = new PriorityQueue<>();
    private long order;

    /** A packet that will arrive. */
    private record InFlight(long atNs, long order, Packet packet, LinuxTun to)
            implements Comparable<InFlight> {
        @Override
        public int compareTo(InFlight other) {
            int byTime = Long.compare(atNs - other.atNs, 0);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    /** One direction of one cable. */
    private final class Way {
        private final LinuxTun from;
        private final LinuxTun to;
        private final SplittableRandom random;
        private long freeNs; // when the last packet of the buffer has left
        private long lastNs; // when the last one in order arrives

        Way(LinuxTun from, LinuxTun to, SplittableRandom random) {
            this.from = from;
            this.to = to;
            this.random = random;
        }

        void read(long nowNs) throws IOException {
            for (int i = 0; i < READS; i++) {
                Packet packet = from.read(pool);
                if (packet == null) {
                    return;
                }
                if (!take(packet, nowNs)) {
                    packet.release();
                }
            }
        }

        private boolean take(Packet packet, long nowNs) {
            if (isChosen(lossPercent)) {
                return false;
            }
            long startNs = Math.max(freeNs, nowNs);
            if (startNs - nowNs > bufferMs * NS_PER_MS) {
                return false;
            }
            freeNs = startNs + (long) ((packet.length() + ETHERNET) * Byte.SIZE * MILLI / megabits);
            double takesMs = delayMs + random.nextDouble() * jitterMs;
            long atNs = freeNs + (long) (takesMs * NS_PER_MS);
            if (isChosen(reorderPercent)) {
                atNs += REORDERED_AFTER_MS * NS_PER_MS;
            } else {
                atNs = Math.max(atNs, lastNs);
                lastNs = atNs;
            }
            inFlight.add(new InFlight(atNs, order++, packet, to));
            return true;
        }

        private boolean isChosen(double percent) {
            return random.nextDouble() * HUNDRED < percent;
        }
    }

    /** Runs until it is killed; one line tells that the devices are there. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new LinkEmulator()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        try (Epoll epoll = Epoll.open(devices.size())) {
            for (int i = 0; i + 1 < devices.size(); i += 2) {
                LinuxTun near = LinuxTun.open(devices.get(i), Offloads.NONE);
                LinuxTun far = LinuxTun.open(devices.get(i + 1), Offloads.NONE);
                ways.add(new Way(near, far, random.split()));
                ways.add(new Way(far, near, random.split()));
                epoll.add(near.fd(), Epoll.IN, ways.size() - 2);
                epoll.add(far.fd(), Epoll.IN, ways.size() - 1);
            }
            System.out.println("ready: " + devices.size() / 2 + " cables");
            carry(epoll);
        }
        return 0;
    }

    private void carry(Epoll epoll) throws IOException {
        while (true) {
            deliver(System.nanoTime());
            InFlight next = inFlight.peek();
            long waitNs = next == null ? Long.MAX_VALUE : next.atNs - System.nanoTime();
            int waitMs = next == null ? -1 : (int) Math.max(0, waitNs / NS_PER_MS);
            int ready = epoll.await(waitMs);
            for (int i = 0; i < ready; i++) {
                ways.get((int) epoll.data(i)).read(System.nanoTime());
            }
            if (ready == 0 && waitMs == 0 && waitNs > 0) {
                LockSupport.parkNanos(Math.min(waitNs, LONGEST_PARK_NS));
            }
        }
    }

    private void deliver(long nowNs) throws IOException {
        for (@Nullable InFlight next = inFlight.peek();
                next != null && next.atNs <= nowNs;
                next = inFlight.peek()) {
            inFlight.poll();
            Packet packet = next.packet;
            next.to.write(packet.array(), packet.offset(), packet.length());
            packet.release();
        }
    }
}
