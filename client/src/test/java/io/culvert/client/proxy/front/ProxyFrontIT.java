package io.culvert.client.proxy.front;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culvert.client.testkit.FrontLab;
import io.culvert.client.testkit.LeakWatch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("loopback")
@ExtendWith(LeakWatch.class)
@Timeout(60)
class ProxyFrontIT {
    private static final int BODY_BYTES = 5_000_000;

    private final FrontLab lab = new FrontLab();

    @TempDir private Path folder;

    @AfterEach
    void leavesNothing() throws Exception {
        lab.close();
    }

    private byte[] curl(String... arguments) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "no curl");
        List<String> command = new ArrayList<>(List.of("/usr/bin/curl", "-sS", "-f", "-m", "30"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        byte[] output = process.getInputStream().readAllBytes();
        assertTrue(process.waitFor(10, TimeUnit.SECONDS));
        return output;
    }

    @ParameterizedTest
    @ValueSource(strings = {"socks5h://", "socks5://", "socks4a://", "socks4://", "http://"})
    void servesCurl(String scheme) throws Exception {
        lab.start();
        String host =
                scheme.endsWith("s5h://") || scheme.endsWith("s4a://") ? "a.example" : "10.9.0.1";
        String url = "http://" + host + ":" + lab.webPort() + "/bytes/" + BODY_BYTES;
        byte[] body = curl("-x", scheme + "127.0.0.1:" + lab.port("socks+http"), url);
        assertArrayEquals(FrontLab.bytes(BODY_BYTES), body);
    }

    @Test
    void servesCurlThroughATunnelOfHttp() throws Exception {
        lab.start();
        String proxy = "http://127.0.0.1:" + lab.port("socks+http");
        String url = "http://a.example:" + lab.webPort() + "/bytes/1000";
        assertArrayEquals(FrontLab.bytes(1_000), curl("-p", "-x", proxy, url));
        assertArrayEquals(FrontLab.bytes(1_000), curl("-x", proxy, url));
    }

    @Test
    void asksCurlForThePassword() throws Exception {
        lab.start(lab.setup().withCredentials("ada:se:cret"));
        String at = "127.0.0.1:" + lab.port("socks+http");
        String url = "http://10.9.0.1:" + lab.webPort() + "/bytes/1000";
        for (String scheme : new String[] {"http://", "socks5h://"}) {
            assertArrayEquals(
                    FrontLab.bytes(1_000), curl("-x", scheme + at, "-U", "ada:se:cret", url));
            String refused = text(curl("-x", scheme + at, "-U", "ada:wrong", url));
            assertTrue(refused.contains("407") || refused.contains("SOCKS5"), refused);
        }
    }

    @Test
    void carriesUploadsAndKeepsConnections() throws Exception {
        lab.start();
        InetSocketAddress proxy =
                new InetSocketAddress(InetAddress.getLoopbackAddress(), lab.port("socks+http"));
        try (HttpClient client = HttpClient.newBuilder().proxy(ProxySelector.of(proxy)).build()) {
            URI echo = URI.create("http://10.9.0.1:" + lab.webPort() + "/echo");
            byte[] body = FrontLab.bytes(BODY_BYTES);
            for (int i = 0; i < 3; i++) {
                HttpRequest sized =
                        HttpRequest.newBuilder(echo)
                                .version(HttpClient.Version.HTTP_1_1)
                                .POST(BodyPublishers.ofByteArray(body))
                                .build();
                HttpResponse<byte[]> response = client.send(sized, BodyHandlers.ofByteArray());
                assertArrayEquals(body, response.body());
            }
            HttpRequest chunked =
                    HttpRequest.newBuilder(echo)
                            .version(HttpClient.Version.HTTP_1_1)
                            .expectContinue(true)
                            .POST(BodyPublishers.ofInputStream(() -> stream(body)))
                            .build();
            assertArrayEquals(body, client.send(chunked, BodyHandlers.ofByteArray()).body());
        }
    }

    private static InputStream stream(byte[] body) {
        return new ByteArrayInputStream(body);
    }

    @Test
    void endsEachHalfOfAConnectionAlone() throws Exception {
        lab.start();
        try (Socket socket = socksSocket()) {
            socket.connect(InetSocketAddress.createUnresolved("a.example", lab.echoPort()));
            Thread writer = Thread.ofPlatform().start(() -> writeAll(socket, 1_000_000));
            byte[] body = FrontLab.bytes(1_000_000);
            assertArrayEquals(body, socket.getInputStream().readAllBytes());
            writer.join();
        }
    }

    private Socket socksSocket() {
        return new Socket(
                new Proxy(
                        Proxy.Type.SOCKS,
                        new InetSocketAddress(
                                InetAddress.getLoopbackAddress(), lab.port("socks+http"))));
    }

    @Test
    void tellsThatATargetRefuses() throws Exception {
        lab.start();
        try (Socket socket = socksSocket()) {
            int nobody = FrontLab.freePort();
            IOException refused =
                    assertThrows(
                            IOException.class,
                            () ->
                                    socket.connect(
                                            InetSocketAddress.createUnresolved(
                                                    "10.9.0.1", nobody)));
            assertTrue(String.valueOf(refused.getMessage()).contains("refused"));
        }
    }

    @Test
    void readsNoMoreThanASlowClientTakes() throws Exception {
        lab.start();
        int total = 120_000_000; // the kernel alone holds up to 10 MB on each of four ways
        try (Socket socket = socksSocket()) {
            socket.connect(InetSocketAddress.createUnresolved("a.example", lab.echoPort()));
            Thread writer = Thread.ofPlatform().start(() -> writeAll(socket, total));
            // the echo stops when nobody takes what it sends, and so does the writer in the end:
            // all buffers between the two are full then
            long before = -1;
            for (long sent = lab.sentBytes(); sent != before; sent = lab.sentBytes()) {
                before = sent;
                writer.join(300);
            }
            assertTrue(before < total / 2, () -> lab.sentBytes() + " bytes went into buffers");
            assertEquals(total, drain(socket));
            writer.join();
        }
    }

    @Test
    void answersAtLengthAClientThatHasEndedItsHalf() throws Exception {
        lab.start();
        int total = 20_000_000;
        try (Socket socket = socksSocket()) {
            socket.setReceiveBufferSize(16_384);
            socket.connect(InetSocketAddress.createUnresolved("10.9.0.1", lab.webPort()));
            String request = "GET /bytes/" + total + " HTTP/1.0\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            assertTrue(drain(socket) > total);
        }
    }

    @Test
    void forwardsFromInsideAgainAndAgain() throws Exception {
        lab.start(lab.setup().withForwards("-R8080:localhost:" + lab.echoPort()));
        for (int i = 0; i < 100; i++) {
            lab.assertEchoes(lab.insidePort(8080));
        }
        lab.awaitNothingLeft();
    }

    private static void writeAll(Socket socket, int total) {
        byte[] block = FrontLab.bytes(1_000_000);
        try {
            for (int sent = 0; sent < total; sent += block.length) {
                socket.getOutputStream().write(block);
            }
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static long drain(Socket socket) throws IOException {
        byte[] buffer = new byte[65_536];
        long received = 0;
        for (int n = socket.getInputStream().read(buffer);
                n >= 0;
                n = socket.getInputStream().read(buffer)) {
            received += n;
        }
        return received;
    }

    @Test
    void carriesDatagramsOfSocks() throws Exception {
        lab.start();
        try (Socket control = new Socket(InetAddress.getLoopbackAddress(), lab.port("socks+http"));
                DatagramSocket udp = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            control.getOutputStream().write(new byte[] {5, 1, 0});
            assertArrayEquals(new byte[] {5, 0}, control.getInputStream().readNBytes(2));
            control.getOutputStream().write(new byte[] {5, 3, 0, 1, 0, 0, 0, 0, 0, 0});
            byte[] reply = control.getInputStream().readNBytes(10);
            int port = (reply[8] & 0xff) << 8 | (reply[9] & 0xff);
            byte[] head = {0, 0, 0, 3, 9, 'a', '.', 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0, 0};
            head[14] = (byte) (lab.udpEchoPort() >> 8);
            head[15] = (byte) lab.udpEchoPort();
            byte[] datagram = Arrays.copyOf(head, head.length + 1_200);
            Arrays.fill(datagram, head.length, datagram.length, (byte) 7);
            udp.send(
                    new DatagramPacket(
                            datagram, datagram.length, InetAddress.getLoopbackAddress(), port));
            DatagramPacket back = new DatagramPacket(new byte[2_000], 2_000);
            udp.receive(back);
            assertEquals(10 + 1_200, back.getLength());
            assertEquals(7, back.getData()[10]);
            assertEquals(1, lab.flows().size());
        }
        lab.awaitNothingLeft();
    }

    @Test
    void forwardsBothWays() throws Exception {
        Path socket = folder.resolve("web.sock");
        lab.start(
                lab.setup()
                        .withForwards(
                                "-L0:a.example:" + lab.echoPort(),
                                "-L" + socket + ":10.9.0.1:" + lab.echoPort(),
                                "-L0:a.example:" + lab.udpEchoPort() + "/udp",
                                "-R8080:localhost:" + lab.echoPort(),
                                "-R5353:localhost:" + lab.udpEchoPort() + "/udp"));
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
        lab.assertEchoes(lab.forwardPort(0));
        try (SocketChannel unix = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            unix.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            ByteBuffer back = ByteBuffer.allocate(3);
            while (back.hasRemaining()) {
                unix.read(back);
            }
            assertArrayEquals(new byte[] {1, 2, 3}, back.array());
        }
        lab.assertEchoesUdp(lab.forwardPort(2));
        lab.assertEchoes(lab.insidePort(8080));
        lab.assertEchoesUdp(lab.insidePort(5353));
    }

    @Test
    void replacesAStaleSocketAndNothingElse() throws Exception {
        Path socket = folder.resolve("s.sock");
        lab.start(lab.setup().withForwards("-L" + socket + ":10.9.0.1:80"));
        FrontLab second = new FrontLab();
        String line = second.startFails(second.setup().withForwards("-L" + socket + ":h:80"));
        assertTrue(line.startsWith("cannot listen at unix:" + socket), line);
        second.close();
        lab.stop();
        assertEquals(false, Files.exists(socket));
        Files.writeString(socket, "a file");
        FrontLab third = new FrontLab();
        assertTrue(
                third.startFails(third.setup().withForwards("-L" + socket + ":h:80"))
                        .contains("exists"));
        third.close();
        assertEquals("a file", Files.readString(socket));
    }

    @Test
    void saysWhenAPortIsTaken() throws Exception {
        lab.start();
        int taken = lab.port("socks+http");
        FrontLab second = new FrontLab();
        String line = second.startFails(second.setup().withForwards("-L" + taken + ":h:80"));
        assertTrue(line.startsWith("cannot listen at 127.0.0.1:" + taken + ", it is "), line);
        assertTrue(line.endsWith("choose another port"), line);
        second.close();
    }

    @Test
    void servesAUnixSocket() throws Exception {
        Path socket = folder.resolve("proxy.sock");
        lab.start(lab.setup().withDoor("unix:" + socket));
        String url = "http://a.example:" + lab.webPort() + "/bytes/1000";
        assertArrayEquals(FrontLab.bytes(1_000), curl("-x", "socks5h://localhost" + socket, url));
    }

    @Test
    void answersNames() throws Exception {
        lab.start();
        assertEquals("10.9.0.1", lab.resolveUdp("b.example"));
        assertEquals("10.9.0.1", lab.resolveUdp("b.example"));
        assertEquals("10.9.0.1", lab.resolveTcp("b.example"));
        assertEquals(2, lab.questionsFor("b.example"));
    }

    @Test
    void splicesStandardInputAndOutput() throws Exception {
        lab.start();
        byte[] body = FrontLab.bytes(3_000_000);
        assertArrayEquals(body, lab.pipe("a.example", lab.echoPort(), body));
    }

    @Test
    void leavesNothingOfManyClientsThatComeAndGo() throws Exception {
        lab.start();
        long seed = Long.getLong("culvert.seed", System.nanoTime());
        System.out.println("ProxyFrontIT: -Dculvert.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<Socket> open = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), lab.port("socks+http"));
            open.add(socket);
            socket.getOutputStream().write(lab.someRequest(random));
            if (open.size() > 40 || random.nextInt(3) == 0) {
                Socket gone = open.remove(random.nextInt(open.size()));
                if (random.nextBoolean()) {
                    gone.setSoLinger(true, 0);
                }
                gone.close();
            }
        }
        for (Socket socket : open) {
            socket.close();
        }
        lab.awaitNothingLeft();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void givesItsPagesOverOneConnection() throws Exception {
        lab.start();
        String base = "http://127.0.0.1:" + lab.port("socks+http");
        String pages = text(curl(base + "/health", base + "/proxy.pac"));
        assertTrue(pages.startsWith("The tunnel is up."), pages);
        assertTrue(pages.contains("PROXY 127.0.0.1:" + lab.port("socks+http")), pages);
    }

    @Test
    void saysNothingToGarbage() throws Exception {
        lab.start(lab.setup().withDoor("socks:127.0.0.1:0"));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), lab.port("socks"))) {
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            assertThrows(IOException.class, () -> requireByte(socket));
        }
    }

    private static void requireByte(Socket socket) throws IOException {
        if (socket.getInputStream().read() < 0) {
            throw new IOException("the end");
        }
    }
}
