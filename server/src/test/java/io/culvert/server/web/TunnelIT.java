package io.culvert.server.web;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culvert.carrier.WebSocketCarrier.Protocol;
import io.culvert.config.ConfigException;
import io.culvert.config.Pin;
import io.culvert.ip.IpPrefix;
import io.culvert.server.config.ListenAddress;
import io.culvert.server.tls.GatewayTls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("loopback")
@Timeout(60)
final class TunnelIT {
    private static final String AUTH = "Authorization: Bearer " + Gate.TOKEN;

    @TempDir private Path folder;

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void carriesDatagramsThroughTls(Protocol protocol) throws Exception {
        try (Gate gate = Gate.start(Gate.settings(Gate.ANY_HTTPS, tls()));
                SSLSocket socket = RawHttp.connectTls(gate.port())) {
            assertEquals("TLS_AES_128_GCM_SHA256", socket.getSession().getCipherSuite());
            ClientTunnel client = upgrade(socket, protocol);
            echo(client, 300, 1);
            assertEquals(protocol == Protocol.BARE ? 0 : 1, client.hellos);
            assertEquals(protocol == Protocol.BARE ? 0 : 1, gate.echo.hellos.get());
            assertEquals(1, gate.tunnels());
            String remote = gate.echo.remotes.get(0);
            assertEquals("wss 127.0.0.1:" + socket.getLocalPort(), remote);
            client.carrier.close();
            assertTrue(gate.echo.closings.tryAcquire(10, TimeUnit.SECONDS));
            assertEquals(0, gate.tunnels());
        }
    }

    @Test
    void carriesDatagramsOverPlainHttp() throws Exception {
        try (Gate gate = Gate.start(Gate.settings(Gate.ANY_HTTP, null));
                Socket socket = RawHttp.connect(gate.port())) {
            echo(upgrade(socket, Protocol.CULVERT_1), 300, 2);
        }
    }

    @Test
    void carriesDatagramsThroughAUnixSocket() throws Exception {
        Path file = folder.resolve("run/http.sock");
        Files.createDirectories(file.getParent());
        leaveStaleSocket(file);
        WebFrontSettings settings = Gate.settings(new ListenAddress.Unix(file), null);
        try (Gate gate = Gate.start(settings);
                SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            assertEquals(
                    "rw-rw----",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            assertThrows(ConfigException.class, () -> Gate.start(settings));
            channel.connect(UnixDomainSocketAddress.of(file));
            InputStream in = Channels.newInputStream(channel);
            OutputStream out = Channels.newOutputStream(channel);
            String request = RawHttp.upgrade("/connect", AUTH, "X-Forwarded-For: 6.6.6.6, 9.9.9.9");
            out.write(request.getBytes(StandardCharsets.US_ASCII));
            assertTrue(RawHttp.head(in).startsWith("HTTP/1.1 101 "));
            ClientTunnel client = new ClientTunnel(in, out, Protocol.BARE);
            client.start();
            echo(client, 50, 3);
            assertEquals("ws 9.9.9.9:0", gate.echo.remotes.get(0));
        }
    }

    @Test
    void deliversWhatCameRightBehindTheRequest() throws Exception {
        try (Gate gate = Gate.start(Gate.settings(Gate.ANY_HTTP, null));
                Socket socket = RawHttp.connect(gate.port())) {
            String frame = "\u0082\u0083\0\0\0\0abc"; // binary, masked by zeros
            RawHttp.send(socket, RawHttp.upgrade("/connect", AUTH) + frame);
            InputStream in = socket.getInputStream();
            assertTrue(RawHttp.head(in).startsWith("HTTP/1.1 101 "));
            assertArrayEquals(new byte[] {(byte) 0x82, 3, 'a', 'b', 'c'}, in.readNBytes(5));
        }
    }

    @Test
    void takesANewCertificateWithoutDroppingTunnels() throws Exception {
        GatewayTls tls = tls();
        try (Gate gate = Gate.start(Gate.settings(Gate.ANY_HTTPS, tls));
                SSLSocket first = RawHttp.connectTls(gate.port())) {
            ClientTunnel client = upgrade(first, Protocol.CULVERT_1);
            echo(client, 10, 4);
            String oldPin = tls.pin();
            assertEquals(oldPin, pin(first));
            Files.delete(folder.resolve("gateway-certificate.pem"));
            Files.delete(folder.resolve("gateway-key.pem"));
            String newPin = tls().pin();
            awaitPin(gate, newPin);
            try (SSLSocket second = RawHttp.connectTls(gate.port())) {
                assertNotEquals(oldPin, pin(second));
            }
            echo(client, 10, 5);
            assertEquals(0, gate.echo.closed.get());
        }
    }

    @Test
    void sendsClientsAwayWhenItStops() throws Exception {
        Gate gate = Gate.start(Gate.settings(Gate.ANY_HTTPS, tls()));
        int port = gate.port();
        try (SSLSocket socket = RawHttp.connectTls(port)) {
            ClientTunnel client = upgrade(socket, Protocol.CULVERT_1);
            echo(client, 10, 6);
            long before = System.nanoTime();
            Thread stopper = Thread.ofPlatform().start(gate::close);
            client.receive(Integer.MAX_VALUE);
            assertEquals(1, client.drains);
            assertTrue(client.closed);
            stopper.join(5000);
            assertTrue(System.nanoTime() - before < 3_000_000_000L);
            assertEquals(1, gate.echo.closed.get());
            assertThrows(IOException.class, () -> RawHttp.connect(port));
        }
    }

    @Test
    void servesTheWebsiteOverHttp2() throws Exception {
        try (Gate gate = Gate.start(Gate.settings(Gate.ANY_HTTPS, tls()));
                HttpClient browser = browser()) {
            URI root = URI.create("https://localhost:" + gate.port() + "/");
            for (HttpClient.Version version : HttpClient.Version.values()) {
                if (version.name().matches("HTTP_1_1|HTTP_2")) {
                    HttpResponse<String> response =
                            browser.send(
                                    HttpRequest.newBuilder(root).version(version).build(),
                                    HttpResponse.BodyHandlers.ofString());
                    assertEquals(version, response.version());
                    assertTrue(response.body().contains("It works!"));
                    assertTrue(response.headers().firstValue("Server").isEmpty());
                }
            }
        }
    }

    private static HttpClient browser() {
        return HttpClient.newBuilder().sslContext(RawHttp.trusting()).build();
    }

    @Test
    void noticesAClientThatVanishes() throws Exception {
        try (Gate gate = Gate.start(Gate.settings(Gate.ANY_HTTP, null))) {
            try (Socket socket = RawHttp.connect(gate.port())) {
                echo(upgrade(socket, Protocol.CULVERT_1), 5, 7);
                socket.setSoLinger(true, 0); // a reset, no farewell
            }
            assertTrue(gate.echo.closings.tryAcquire(10, TimeUnit.SECONDS));
            assertTrue(gate.isLoopAlive());
            try (Socket socket = RawHttp.connect(gate.port())) {
                echo(upgrade(socket, Protocol.CULVERT_1), 5, 8);
            }
        }
    }

    @Test
    void keepsLittleForAClientThatDoesNotRead() throws Exception {
        try (Gate gate = Gate.start(Gate.settings(Gate.ANY_HTTPS, tls()));
                SSLSocket socket = RawHttp.connectTls(gate.port())) {
            ClientTunnel client = upgrade(socket, Protocol.BARE);
            byte[] datagram = new byte[1400];
            for (int i = 0; i < 50_000; i++) { // 70 MB; the heap of a test is smaller than ten
                client.send(datagram);
                client.carrier.flush(System.nanoTime());
            }
            assertTrue(gate.echo.dropped.get() > 10_000, "dropped " + gate.echo.dropped);
            assertTrue(gate.isLoopAlive());
            try (SSLSocket other = RawHttp.connectTls(gate.port())) {
                echo(upgrade(other, Protocol.CULVERT_1), 100, 9);
            }
            client.receive(40); // what stood in the kernel's buffers
            assertEquals(1400, client.datagrams.get(39).length);
        }
    }

    private static void leaveStaleSocket(Path path) throws IOException {
        Files.deleteIfExists(path);
        try (ServerSocketChannel stale = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            stale.bind(UnixDomainSocketAddress.of(path));
        }
        assertTrue(Files.exists(path));
    }

    @Test
    void deletesNothingButASocket() throws Exception {
        Path file = Files.writeString(folder.resolve("precious"), "data");
        WebFrontSettings settings = Gate.settings(new ListenAddress.Unix(file), null);
        ConfigException refusal =
                assertThrows(ConfigException.class, () -> Gate.start(settings).close());
        assertTrue(String.valueOf(refusal.getMessage()).contains("is not a socket: name another"));
        assertEquals("data", Files.readString(file));
    }

    @Test
    void givesItsSocketTheGroupOfTheFolder() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root gives groups");
        Files.setAttribute(folder, "unix:gid", 12_345);
        Path socket = folder.resolve("http.sock");
        for (int i = 0; i < 2; i++) { // the second time in place of a stale one
            try (Gate _ = Gate.start(Gate.settings(new ListenAddress.Unix(socket), null))) {
                assertEquals(12_345, Files.getAttribute(socket, "unix:gid"));
                assertEquals(
                        "rw-rw----",
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
            }
            if (i == 0) {
                leaveStaleSocket(socket);
            }
        }
    }

    @Test
    void believesATrustedProxyThatTellsOfTlsOnly() throws Exception {
        WebFrontSettings like = Gate.settings(Gate.ANY_HTTP, null);
        WebFrontSettings settings =
                new WebFrontSettings(
                        like.listen(),
                        like.listenPlace(),
                        like.website(),
                        List.of(IpPrefix.parse("127.0.0.0/8")),
                        null,
                        0,
                        like.limits());
        try (Gate gate = Gate.start(settings);
                Socket socket = RawHttp.connect(gate.port())) {
            RawHttp.send(
                    socket,
                    RawHttp.upgrade(
                            "/connect",
                            "Authorization: Bearer " + Gate.TOKEN,
                            "X-Forwarded-Proto: https"));
            assertTrue(RawHttp.head(socket.getInputStream()).startsWith("HTTP/1.1 101"));
            assertTrue(gate.echo.openings.tryAcquire(10, TimeUnit.SECONDS));
            assertEquals(List.of("wss 127.0.0.1:" + socket.getLocalPort()), gate.echo.remotes);
        }
    }

    @Test
    void saysWhichAddressIsTaken() throws Exception {
        try (Gate gate = Gate.start(Gate.settings(Gate.ANY_HTTP, null))) {
            ListenAddress taken = new ListenAddress.Http("127.0.0.1", gate.port());
            ConfigException refusal =
                    assertThrows(
                            ConfigException.class, () -> Gate.start(Gate.settings(taken, null)));
            assertEquals(
                    "gateway.yaml:2: listen: "
                            + taken
                            + ": Address already in use: end the program that listens there,"
                            + " or choose another address",
                    refusal.getMessage());
        }
    }

    private GatewayTls tls() throws Exception {
        return GatewayTls.open(null, folder, Instant.now());
    }

    private static String pin(SSLSocket socket) throws IOException {
        return Pin.of(socket.getSession().getPeerCertificates()[0].getPublicKey()).toString();
    }

    private static ClientTunnel upgrade(Socket socket, Protocol protocol) throws IOException {
        String subprotocol = protocol.subprotocol();
        String offer = subprotocol == null ? "X: y" : "Sec-WebSocket-Protocol: " + subprotocol;
        RawHttp.send(socket, RawHttp.upgrade("/connect", AUTH, offer));
        String head = RawHttp.head(socket.getInputStream());
        assertTrue(head.startsWith("HTTP/1.1 101 "), head);
        ClientTunnel client =
                new ClientTunnel(socket.getInputStream(), socket.getOutputStream(), protocol);
        client.start();
        return client;
    }

    /** Sends datagrams in rounds of ten and wants them back as they were. */
    private static void echo(ClientTunnel client, int count, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        byte[][] sent = new byte[count][];
        client.datagrams.clear();
        for (int i = 0; i < count; i++) {
            sent[i] = new byte[random.nextInt(1, 1500)];
            random.nextBytes(sent[i]);
            client.send(sent[i]);
            if (i % 10 == 9 || i == count - 1) {
                client.carrier.flush(System.nanoTime());
                client.receive(i + 1);
            }
        }
        for (int i = 0; i < count; i++) {
            assertArrayEquals(sent[i], client.datagrams.get(i), "datagram " + i);
        }
    }

    /** Shakes hands again and again, as clients do, until they meet this certificate. */
    private static void awaitPin(Gate gate, String wanted) throws Exception {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        String met = "";
        while (!met.equals(wanted)) {
            assertTrue(System.nanoTime() - endNs < 0, "waited in vain; the pin is " + met);
            try (SSLSocket socket = RawHttp.connectTls(gate.port())) {
                met = pin(socket);
            }
        }
    }
}
