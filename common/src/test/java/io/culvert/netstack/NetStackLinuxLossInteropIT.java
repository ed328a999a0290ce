package io.culvert.netstack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culvert.netstack.SimulatedPath.Fate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Bulk both ways at once between Linux's TCP and the stack, over a path that loses and reorders in
 * both directions. {@code culvert.netstackBytes} is how much each way in all, {@code
 * culvert.netstackFlows} over how many flows, {@code culvert.netstackSeconds} how long it may take.
 */
@Tag("interop")
@Tag("long")
@Timeout(value = 7200, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class NetStackLinuxLossInteropIT {
    private final long seed = Long.getLong("culvert.seed", System.nanoTime());

    private final List<LinuxEnd> theirs = new CopyOnWriteArrayList<>();
    private final List<StreamEnd> ours = new ArrayList<>();
    private long oursDoneNs; // both 0 until then
    private long theirsDoneNs;

    @ParameterizedTest
    @CsvSource({
        "0, 1, 100000000",
        "0.01, 1, 20000000",
        "0.05, 4, 20000000",
        "0.2, 50, 20000000",
    })
    void everythingArrives(double loss, int flows, long bytes) throws Exception {
        Assumptions.assumeTrue(
                Files.isWritable(Path.of("/dev/net/tun"))
                        && "root".equals(System.getProperty("user.name")),
                "needs root and /dev/net/tun");
        int count = Integer.getInteger("culvert.netstackFlows", flows);
        long each = Long.getLong("culvert.netstackBytes", bytes) / count;
        System.out.println("linux seed " + seed);
        try (LinuxLab lab = new LinuxLab(seed, Arrivals.NONE);
                ServerSocketChannel server = ServerSocketChannel.open()) {
            lab.setFate(new Fate(loss, 0, 0.1, 1_000_000));
            server.bind(new InetSocketAddress(LinuxLab.KERNEL.toInetAddress(), 0), count);
            Thread.ofPlatform().daemon().start(() -> acceptAll(server, count, each));
            long startNs = System.nanoTime();
            stream(lab, server, count, each);
            System.out.printf(
                    "linux loss %.2f: %d flows, %d bytes each way; ours %s; Linux's %s%n",
                    loss,
                    count,
                    each * count,
                    rate(each * count, oursDoneNs - startNs),
                    rate(each * count, theirsDoneNs - startNs));
            lab.assertNothingLingers();
        }
    }

    private static String rate(long bytes, long ns) {
        return String.format("%.1f s, %.0f kB/s", ns / 1e9, bytes / (ns / 1e6));
    }

    private void stream(LinuxLab lab, ServerSocketChannel server, int count, long each)
            throws Exception {
        int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
        for (int i = 0; i < count; i++) {
            ours.add(new StreamEnd(0, each, 0));
            lab.stack.connect(new Endpoint(LinuxLab.KERNEL, port), ours.getLast());
        }
        lab.runUntil(() -> isDone(count, each), Long.getLong("culvert.netstackSeconds", 170));
        for (int i = 0; i < count; i++) {
            assertEquals(each, theirs.get(i).received.get());
            assertEquals(each, ours.get(i).received());
            assertEquals(End.FINISHED, ours.get(i).end);
        }
    }

    private boolean isDone(int count, long each) {
        boolean isOurs = theirs.size() == count && theirs.stream().allMatch(LinuxEnd::hasAll);
        boolean isTheirs = ours.stream().allMatch(end -> end.received() == each);
        long nowNs = System.nanoTime();
        oursDoneNs = oursDoneNs == 0 && isOurs ? nowNs : oursDoneNs;
        theirsDoneNs = theirsDoneNs == 0 && isTheirs ? nowNs : theirsDoneNs;
        return isOurs && isTheirs && ours.stream().allMatch(StreamEnd::isFinished);
    }

    private void acceptAll(ServerSocketChannel server, int count, long each) {
        try {
            while (theirs.size() < count) {
                theirs.add(new LinuxEnd(server.accept(), 1, each));
            }
        } catch (IOException ignored) {
            // the server was closed: the test is over
        }
    }
}
