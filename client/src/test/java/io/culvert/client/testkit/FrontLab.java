package io.culvert.client.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.culvert.client.loop.NettyLoop;
import io.culvert.client.proxy.FlowInfo;
import io.culvert.client.proxy.Target;
import io.culvert.client.proxy.front.OpenDoor;
import io.culvert.client.proxy.front.ProxyFront;
import io.culvert.client.proxy.open.OpenFailure;
import io.culvert.client.proxy.splice.LoopSockets;
import io.culvert.client.proxy.splice.StdioPipe;
import io.culvert.loop.EventLoop;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A proxy front on a loop of its own, before the servers of a {@link FrontTargets}. */
public final class FrontLab implements AutoCloseable {
    private final NettyLoop loop = NettyLoop.open();
    private final LoopbackInside inside = new LoopbackInside(loop);
    private final FrontTargets targets = new FrontTargets();

    private List<OpenDoor> doors = List.of();
    private @Nullable ProxyFront front;

    /** A setup with one door for all. */
    public FrontSetup setup() {
        return new FrontSetup();
    }

    /** Starts the front as {@link #setup} has it. */
    public void start() throws IOException {
        start(setup());
    }

    /** Starts the front. */
    public void start(FrontSetup setup) throws IOException {
        inside.map(53, targets.dnsPort());
        doors = open(setup).join();
    }

    private CompletableFuture<List<OpenDoor>> open(FrontSetup setup) throws IOException {
        return loop.call(() -> {
            ProxyFront made =
                    new ProxyFront(
                            loop, new LoopSockets(loop), inside, setup.build(), ProxyParts.HEALTHY);
            front = made;
            return made.start();
        });
    }

    /** Starts a front that cannot start; why, in its words. */
    public String startFails(FrontSetup setup) throws IOException {
        CompletableFuture<List<OpenDoor>> opening = open(setup);
        CompletionException failure =
                assertThrows(
                        CompletionException.class,
                        () -> opening.orTimeout(10, TimeUnit.SECONDS).join());
        return String.valueOf(
                failure.getCause() == null ? failure : failure.getCause().getMessage());
    }

    /** Ends the front, not the loop. */
    public void stop() throws IOException {
        loop.call(() -> {
            front().close();
            return "";
        });
    }

    @Override
    public void close() throws IOException {
        if (front != null) {
            stop();
        }
        loop.close();
        targets.close();
        if (loop.failed().isDone()) {
            throw new AssertionError("a fault in the loop", loop.failed().join());
        }
    }

    private ProxyFront front() {
        if (front == null) {
            throw new IllegalStateException("not started");
        }
        return front;
    }

    /** The port of the first door for this. */
    public int port(String purpose) {
        return doors.stream()
                .filter(door -> door.purpose().equals(purpose))
                .mapToInt(FrontLab::port)
                .findFirst()
                .orElseThrow();
    }

    /** The port of a forward, counted from the first. */
    public int forwardPort(int index) {
        return port(
                doors.stream().filter(door -> door.purpose().startsWith("-")).toList().get(index));
    }

    private static int port(OpenDoor door) {
        return Integer.parseInt(door.address().substring(door.address().lastIndexOf(':') + 1));
    }

    /** Where this machine reaches a port that a remote forward listens at. */
    public int insidePort(int port) {
        return inside.listenerOf(port);
    }

    /** What {@code show} would tell. */
    public List<FlowInfo> flows() throws IOException {
        return loop.call(() -> front().flows());
    }

    /** Bytes that went towards the targets of all live flows. */
    public long sentBytes() {
        try {
            return flows().stream().mapToLong(FlowInfo::sentBytes).sum();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until nothing of any client is left, at most 10 s. */
    public void awaitNothingLeft() {
        CompletableFuture<String> done = new CompletableFuture<>();
        Runnable look =
                () -> {
                    if (left() == 0) {
                        done.complete("");
                    }
                };
        loop.execute(() -> new Look(loop, look, done).run());
        try {
            done.orTimeout(10, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            throw new AssertionError("left: " + leftText(), e);
        }
    }

    /** Looks again and again, on the loop. */
    private static final class Look implements Runnable {
        private final EventLoop.Timer timer;
        private final Runnable look;
        private final CompletableFuture<String> done;

        Look(NettyLoop loop, Runnable look, CompletableFuture<String> done) {
            this.look = look;
            this.done = done;
            this.timer = loop.timer(this);
        }

        @Override
        public void run() {
            look.run();
            if (!done.isDone()) {
                timer.arm(TimeUnit.MILLISECONDS.toNanos(10));
            }
        }
    }

    private int left() {
        return front().flows().size()
                + front().connections()
                + inside.liveFlows()
                + inside.liveSockets();
    }

    private String leftText() {
        try {
            return loop.call(() ->
                    front().flows()
                            + " connections "
                            + front().connections()
                            + " inside "
                            + inside.liveFlows()
                            + " udp "
                            + inside.liveSockets());
        } catch (IOException e) {
            return String.valueOf(e);
        }
    }

    /** A server of HTTP: {@code /bytes/N} and {@code /echo}. */
    public int webPort() {
        return targets.webPort();
    }

    /** A server that sends back what it gets, and ends when its client has. */
    public int echoPort() {
        return targets.echoPort();
    }

    /** The same for datagrams. */
    public int udpEchoPort() {
        return targets.udpEchoPort();
    }

    /** How often a DNS server was asked for this name. */
    public long questionsFor(String name) {
        return targets.questionsFor(name);
    }

    /** Bytes that are the same each time. */
    public static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    /** A port at which nobody listens. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** What is sent to this port comes back, to the end. */
    public void assertEchoes(int port) throws IOException {
        byte[] body = bytes(50_000);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(body);
            socket.shutdownOutput();
            assertArrayEquals(body, socket.getInputStream().readAllBytes());
        }
    }

    /** A datagram to this port comes back. */
    public void assertEchoesUdp(int port) throws IOException {
        byte[] body = bytes(1_000);
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            socket.setSoTimeout(10_000);
            socket.connect(InetAddress.getLoopbackAddress(), port);
            socket.send(new DatagramPacket(body, body.length));
            DatagramPacket back = new DatagramPacket(new byte[2_000], 2_000);
            socket.receive(back);
            assertArrayEquals(body, Arrays.copyOf(back.getData(), back.getLength()));
        }
    }

    /** The address of a name, asked of the front's own resolver over UDP. */
    public String resolveUdp(String name) throws IOException {
        byte[] query = DnsQueries.query(name);
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            socket.setSoTimeout(10_000);
            socket.connect(InetAddress.getLoopbackAddress(), port("dns/udp"));
            socket.send(new DatagramPacket(query, query.length));
            DatagramPacket back = new DatagramPacket(new byte[2_000], 2_000);
            socket.receive(back);
            return DnsQueries.address(Arrays.copyOf(back.getData(), back.getLength()));
        }
    }

    /** The same over TCP. */
    public String resolveTcp(String name) throws IOException {
        byte[] query = DnsQueries.query(name);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port("dns/tcp"))) {
            socket.getOutputStream().write(new byte[] {0, (byte) query.length});
            socket.getOutputStream().write(query);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            return DnsQueries.address(in.readNBytes(in.readUnsignedShort()));
        }
    }

    /** What comes out of a pipe to a target into which this goes. */
    public byte[] pipe(String host, int port, byte[] input)
            throws IOException, InterruptedException, ExecutionException {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        StdioPipe.Outcome outcome =
                new StdioPipe.Outcome() {
                    @Override
                    public void onEnd(boolean isOrderly) {
                        ended.complete(isOrderly);
                    }

                    @Override
                    public void onFailed(OpenFailure failure) {
                        ended.completeExceptionally(new IOException(failure.sentence()));
                    }
                };
        loop.execute(() ->
                new StdioPipe(
                                front().switchboard(),
                                new ByteArrayInputStream(input),
                                output,
                                outcome)
                        .start(new Target(host, port)));
        if (!ended.orTimeout(20, TimeUnit.SECONDS).get()) {
            throw new AssertionError("cut off after " + output.size());
        }
        return output.toByteArray();
    }

    /** The beginning of a client's conversation, whole or cut off. */
    public byte[] someRequest(SplittableRandom random) {
        byte[] request =
                switch (random.nextInt(4)) {
                    case 0 -> socks(echoPort());
                    case 1 -> text("CONNECT a.example:" + echoPort() + " HTTP/1.1\r\n\r\nhello");
                    case 2 ->
                            text(
                                    "GET http://10.9.0.1:"
                                            + webPort()
                                            + "/bytes/9999 HTTP/1.1\r\n\r\n");
                    default -> socks(1);
                };
        int length = random.nextInt(4) == 0 ? 1 + random.nextInt(request.length) : request.length;
        return Arrays.copyOf(request, length);
    }

    private static byte[] socks(int port) {
        return new byte[] {
            5, 1, 0, 5, 1, 0, 1, 10, 9, 0, 1, (byte) (port >> 8), (byte) port, 'h', 'i'
        };
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
