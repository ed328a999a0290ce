package io.culvert.netstack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.ip.IpAddress;
import io.culvert.netstack.SimulatedPath.Fate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Against Linux's own TCP through a TUN device, both roles. Needs root, /dev/net/tun and {@code
 * ip}.
 */
@Tag("interop")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class NetStackLinuxInteropIT {
    private static final int PORT = 7007;

    private final long seed = Long.getLong("culvert.seed", System.nanoTime());
    private final List<StreamEnd> accepted = new ArrayList<>();
    private long toAnswer;
    private LinuxLab lab;

    @BeforeEach
    void open() throws Exception {
        Assumptions.assumeTrue(
                Files.isWritable(Path.of("/dev/net/tun"))
                        && "root".equals(System.getProperty("user.name")),
                "needs root and /dev/net/tun");
        System.out.println("linux seed " + seed);
        lab = new LinuxLab(seed, Arrivals.NONE);
        Arrivals arrivals =
                request -> {
                    StreamEnd end = new StreamEnd(1, toAnswer, 0);
                    accepted.add(end);
                    request.accept(end);
                };
        lab.stack.listen(new Endpoint(LinuxLab.STACK, PORT), arrivals);
        lab.stack.listen(new Endpoint(LinuxLab.STACK_IPV6, PORT), arrivals);
    }

    @AfterEach
    void close() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    private static ServerSocketChannel serve(IpAddress address) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(address.toInetAddress(), 0));
        return server;
    }

    private static Endpoint addressOf(ServerSocketChannel server) throws IOException {
        InetSocketAddress local = (InetSocketAddress) server.getLocalAddress();
        return new Endpoint(IpAddress.of(local.getAddress()), local.getPort());
    }

    private static CompletableFuture<SocketChannel> inBackground(Opening opening) {
        CompletableFuture<SocketChannel> future = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    try {
                        future.complete(opening.open());
                    } catch (IOException e) {
                        future.completeExceptionally(e);
                    }
                });
        return future;
    }

    private interface Opening {
        SocketChannel open() throws IOException;
    }

    private SocketChannel dial(IpAddress to) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.connect(new InetSocketAddress(to.toInetAddress(), PORT));
        return channel;
    }

    private void setLoss(double loss) {
        if (loss > 0) {
            lab.setFate(new Fate(loss, loss / 4, 0.1, 2_000_000));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, false, 32000000",
        "0, true, 32000000",
        "0.01, false, 4000000",
        "0.05, true, 1000000",
        "0.2, false, 100000",
    })
    void connectsAndStreamsBothWays(double loss, boolean isIpv6, long bytes) throws Exception {
        stream(loss, isIpv6, bytes);
    }

    @Test
    @Tag("long")
    void streamsAGigabyte() throws Exception {
        stream(0, false, 1_000_000_000);
    }

    private void stream(double loss, boolean isIpv6, long bytes) throws Exception {
        setLoss(loss);
        IpAddress address = isIpv6 ? LinuxLab.KERNEL_IPV6 : LinuxLab.KERNEL;
        try (ServerSocketChannel server = serve(address)) {
            CompletableFuture<SocketChannel> accepting = inBackground(server::accept);
            StreamEnd ours = new StreamEnd(0, bytes, 0);
            long startNs = System.nanoTime();
            lab.stack.connect(addressOf(server), ours);
            lab.runUntil(accepting::isDone, 60);
            LinuxEnd theirs = new LinuxEnd(accepting.get(), 1, bytes / 2);
            lab.runUntil(() -> theirs.isDone() && ours.isClosed, 170);
            print("connect", loss, bytes + bytes / 2, startNs);
            assertEquals(bytes, theirs.received.get());
            assertEquals(bytes / 2, ours.received());
            assertEquals(End.FINISHED, ours.end);
            lab.assertNothingLeft();
            accepting.get().close();
        }
    }

    private static void print(String role, double loss, long bytes, long startNs) {
        double seconds = (System.nanoTime() - startNs) / 1e9;
        System.out.printf(
                "linux %s, loss %.2f: %d bytes in %.3f s, %.2f Gbit/s%n",
                role, loss, bytes, seconds, bytes * 8 / seconds / 1e9);
    }

    @ParameterizedTest
    @CsvSource({
        "0, false, 32000000",
        "0, true, 32000000",
        "0.01, true, 4000000",
        "0.05, false, 1000000",
        "0.2, true, 100000",
    })
    void isConnectedToAndStreamsBothWays(double loss, boolean isIpv6, long bytes) throws Exception {
        setLoss(loss);
        toAnswer = bytes;
        long startNs = System.nanoTime();
        IpAddress to = isIpv6 ? LinuxLab.STACK_IPV6 : LinuxLab.STACK;
        CompletableFuture<SocketChannel> dialing = inBackground(() -> dial(to));
        lab.runUntil(dialing::isDone, 60);
        LinuxEnd theirs = new LinuxEnd(dialing.get(), 0, bytes / 2);
        lab.runUntil(() -> theirs.isDone() && accepted.getFirst().isClosed, 170);
        print("accept", loss, bytes + bytes / 2, startNs);
        assertEquals(bytes, theirs.received.get());
        assertEquals(bytes / 2, accepted.getFirst().received());
        assertEquals(End.FINISHED, accepted.getFirst().end);
        lab.assertNothingLeft();
        dialing.get().close();
    }

    @Test
    void halfClosedStreamGoesOn() throws Exception {
        toAnswer = 1_000_000;
        CompletableFuture<SocketChannel> dialing = inBackground(() -> dial(LinuxLab.STACK));
        lab.runUntil(dialing::isDone, 10);
        LinuxEnd theirs = new LinuxEnd(dialing.get(), 0, 0); // ends its side at once
        lab.runUntil(() -> theirs.isDone() && accepted.getFirst().isClosed, 30);
        assertEquals(1_000_000, theirs.received.get());
        lab.assertNothingLeft();
        dialing.get().close();
    }

    @Test
    void closedPortRefuses() throws Exception {
        StreamEnd ours = new StreamEnd(0, 1, 0);
        lab.stack.connect(new Endpoint(LinuxLab.KERNEL, 1), ours);
        lab.runUntil(() -> ours.isClosed, 10);
        assertEquals(End.REFUSED, ours.end);
        CompletableFuture<SocketChannel> dialing =
                inBackground(() -> {
                    SocketChannel channel = SocketChannel.open();
                    channel.connect(new InetSocketAddress(LinuxLab.STACK.toInetAddress(), 9));
                    return channel;
                });
        lab.runUntil(dialing::isDone, 10);
        assertThrows(ExecutionException.class, dialing::get);
        lab.assertNothingLeft();
    }

    @Test
    void resetsAreHeardOnBothSides() throws Exception {
        try (ServerSocketChannel server = serve(LinuxLab.KERNEL)) {
            CompletableFuture<SocketChannel> accepting = inBackground(server::accept);
            StreamEnd ours = new StreamEnd(0, 10_000_000, 0);
            lab.stack.connect(addressOf(server), ours);
            lab.runUntil(accepting::isDone, 10);
            accepting.get().setOption(StandardSocketOptions.SO_LINGER, 0);
            accepting.get().close();
            lab.runUntil(() -> ours.isClosed, 10);
            assertEquals(End.RESET, ours.end);
        }
        toAnswer = 10_000_000;
        CompletableFuture<SocketChannel> dialing = inBackground(() -> dial(LinuxLab.STACK));
        lab.runUntil(dialing::isDone, 10);
        accepted.getFirst().abortAt = 100_000;
        LinuxEnd theirs = new LinuxEnd(dialing.get(), 0, 100_000_000);
        lab.runUntil(() -> theirs.isDone() && accepted.getFirst().isClosed, 30);
        // the kernel tells only one of the two threads
        boolean wasTold =
                theirs.received.isCompletedExceptionally()
                        || theirs.sent.isCompletedExceptionally();
        assertTrue(wasTold);
        lab.assertNothingLeft();
    }

    @Test
    void tenThousandConnectionsLeaveNothing() throws Exception {
        Random random = new Random(seed);
        try (ServerSocketChannel server = serve(LinuxLab.KERNEL)) {
            Thread.ofPlatform().daemon().start(() -> serveShortly(server, new Random(seed + 1)));
            List<StreamEnd> open = new ArrayList<>();
            Map<End, Integer> ends = new EnumMap<>(End.class);
            long startNs = System.nanoTime();
            for (int i = 0; i < 10_000; i++) {
                StreamEnd ours = new StreamEnd(0, random.nextInt(5000), 0);
                if (random.nextInt(3) == 0) {
                    ours.abortAt = random.nextInt(3000);
                }
                open.add(ours);
                lab.stack.connect(addressOf(server), ours);
                lab.runUntil(
                        () -> {
                            open.removeIf(end -> isCounted(end, ends));
                            return open.size() < 40;
                        },
                        60);
            }
            lab.runUntil(() -> open.stream().allMatch(StreamEnd::isFinished), 60);
            open.removeIf(end -> isCounted(end, ends));
            System.out.printf(
                    "linux 10,000 connections in %.1f s: %s%n",
                    (System.nanoTime() - startNs) / 1e9, ends);
            assertTrue(ends.getOrDefault(End.FINISHED, 0) > 3000, ends::toString);
            assertTrue(ends.getOrDefault(End.ABORTED, 0) > 1000, ends::toString);
            assertTrue(ends.getOrDefault(End.RESET, 0) > 500, ends::toString);
        }
        lab.assertNothingLeft();
        assertTrue(lab.stack.status().timeWaits() > 0);
    }

    private static boolean isCounted(StreamEnd end, Map<End, Integer> ends) {
        if (end.isClosed) {
            ends.merge(end.end == null ? End.ABORTED : end.end, 1, Integer::sum);
        }
        return end.isClosed;
    }

    /** Takes connections, echoes nothing, and ends each in one of the ways that there are. */
    private static void serveShortly(ServerSocketChannel server, Random random) {
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        try {
            while (true) {
                SocketChannel channel = server.accept();
                int kind = random.nextInt(4);
                if (kind == 0) {
                    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                } else if (kind == 1) {
                    channel.shutdownOutput();
                }
                if (kind > 0) {
                    readToEnd(channel, buffer);
                }
                channel.close();
            }
        } catch (IOException ignored) {
            // the server was closed: the test is over
        }
    }

    private static void readToEnd(SocketChannel channel, ByteBuffer buffer) {
        try {
            while (channel.read(buffer.clear()) >= 0) {
                buffer.flip();
            }
        } catch (IOException ignored) {
            // the other side has aborted, as it sometimes shall
        }
    }
}
