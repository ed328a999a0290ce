package io.culvert.netstack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Linux opens ten thousand connections to the stack, and both sides abort at random. */
@Tag("interop")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class NetStackLinuxAbortsInteropIT {
    private static final int PORT = 7008;
    private static final int CONNECTIONS = 10_000;
    private static final int CALLERS = 8;

    private final long seed = Long.getLong("culvert.seed", System.nanoTime());
    private final List<StreamEnd> accepted = new ArrayList<>();
    private final AtomicInteger called = new AtomicInteger();
    private final AtomicInteger callersLeft = new AtomicInteger(CALLERS);

    @Test
    void tenThousandFromLinuxLeaveNothing() throws Exception {
        Assumptions.assumeTrue(
                Files.isWritable(Path.of("/dev/net/tun"))
                        && "root".equals(System.getProperty("user.name")),
                "needs root and /dev/net/tun");
        System.out.println("linux seed " + seed);
        Random random = new Random(seed);
        try (LinuxLab lab = new LinuxLab(seed, Arrivals.NONE)) {
            Arrivals arrivals = request -> answer(request, random);
            lab.stack.listen(new Endpoint(LinuxLab.STACK, PORT), arrivals);
            for (int i = 0; i < CALLERS; i++) {
                Random own = new Random(seed + i);
                Thread.ofPlatform().daemon().start(() -> callAll(own));
            }
            lab.runUntil(
                    () ->
                            callersLeft.get() == 0
                                    && accepted.stream().allMatch(StreamEnd::isFinished),
                    120);
            Map<End, Integer> ends = new EnumMap<>(End.class);
            accepted.forEach(
                    end -> ends.merge(end.end == null ? End.ABORTED : end.end, 1, Integer::sum));
            System.out.println("linux 10,000 connections from Linux: " + ends);
            assertTrue(ends.getOrDefault(End.FINISHED, 0) > 2000, ends::toString);
            assertTrue(ends.getOrDefault(End.ABORTED, 0) > 1000, ends::toString);
            assertTrue(ends.getOrDefault(End.RESET, 0) > 1000, ends::toString);
            assertEquals(CONNECTIONS, called.get());
            lab.assertNothingLingers();
        }
    }

    private void answer(TcpRequest request, Random random) {
        if (random.nextInt(20) == 0) {
            request.reset();
            return;
        }
        StreamEnd end = new StreamEnd(1, random.nextInt(5000), 0);
        if (random.nextInt(3) == 0) {
            end.abortAt = random.nextInt(3000);
        }
        accepted.add(end);
        request.accept(end);
    }

    private void callAll(Random random) {
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        for (int i = 0; i < CONNECTIONS / CALLERS; i++) {
            try {
                call(random, buffer);
            } catch (IOException ignored) {
                // refused or reset, as it sometimes shall be
            }
            called.incrementAndGet();
        }
        callersLeft.decrementAndGet();
    }

    private static void call(Random random, ByteBuffer buffer) throws IOException {
        try (SocketChannel channel = SocketChannel.open()) {
            channel.connect(new InetSocketAddress(LinuxLab.STACK.toInetAddress(), PORT));
            int bytes = random.nextInt(5000);
            byte[] content = new byte[bytes];
            for (int i = 0; i < bytes; i++) {
                content[i] = StreamEnd.at(0, i);
            }
            ByteBuffer all = ByteBuffer.wrap(content);
            while (all.hasRemaining()) {
                channel.write(all);
            }
            if (random.nextInt(4) == 0) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                return;
            }
            channel.shutdownOutput();
            while (channel.read(buffer.clear()) >= 0) {
                buffer.flip();
            }
        }
    }
}
