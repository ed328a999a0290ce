package io.culvert.uapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The socket itself: its file, its clients, its end. */
@Tag("loopback")
@Timeout(30)
final class UapiSocketIT {
    @TempDir Path folder;

    private final DeviceDouble device = new DeviceDouble();
    private final ExecutorService loop = Executors.newSingleThreadExecutor();

    @AfterEach
    void endLoop() {
        loop.shutdownNow();
    }

    private UapiSocket open(Path path) throws IOException {
        SecureRandom random = new SecureRandom();
        return UapiSocket.open(
                path,
                new UapiSocket.Service(
                        loop,
                        () -> new Conversation<>(device, random),
                        () -> new Moment(0, Instant.EPOCH)));
    }

    private static SocketChannel connect(Path path) throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(path));
    }

    private static void say(SocketChannel client, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            client.write(bytes);
        }
    }

    /** What is answered up to the next blank line. */
    private static String hear(SocketChannel client) throws IOException {
        StringBuilder text = new StringBuilder();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (!text.toString().endsWith("\n\n") && client.read(one.clear()) > 0) {
            text.append((char) one.get(0));
        }
        return text.toString();
    }

    @Test
    void answersSeveralOperationsOfSeveralClients() throws IOException {
        Path path = folder.resolve("wg7.sock");
        try (UapiSocket _ = open(path);
                SocketChannel first = connect(path);
                SocketChannel second = connect(path)) {
            say(first, "set=1\nlisten_port=9\n\n");
            assertEquals("errno=0\n\n", hear(first));
            say(second, "get=1\n\nget=1\n\n");
            assertEquals("listen_port=9\nerrno=0\n\n", hear(second));
            assertEquals("listen_port=9\nerrno=0\n\n", hear(second));
            say(first, "set=1\nfwm");
            say(first, "ark=3\n\n");
            assertEquals("errno=0\n\n", hear(first));
            assertEquals(3, device.mark);
        }
    }

    @Test
    void aBigChangeComesThroughWhole() throws IOException {
        Path path = folder.resolve("wg7.sock");
        StringBuilder change = new StringBuilder("set=1\n");
        for (int peer = 1; peer <= 300; peer++) {
            change.append("public_key=").append(String.format("%064x", peer * 256)).append('\n');
            for (int net = 0; net < 100; net++) {
                change.append(
                        String.format("allowed_ip=10.%d.%d.%d/32%n", peer & 255, peer >> 8, net));
            }
        }
        try (UapiSocket _ = open(path);
                SocketChannel client = connect(path)) {
            say(client, change.append('\n').toString());
            assertEquals("errno=0\n\n", hear(client));
            assertEquals(300, device.tunnel().peers().size());
            assertTrue(
                    device.tunnel().peers().stream()
                            .allMatch(peer -> device.tunnel().allowedIps(peer).size() == 100));
        }
    }

    @Test
    void theFileIsItsOwnersAloneAndGoesWithTheSocket() throws IOException {
        Path path = folder.resolve("new/wg7.sock");
        UapiSocket socket = open(path);
        assertEquals(
                PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(path));
        socket.close();
        assertFalse(Files.exists(path));
    }

    @Test
    void aStaleFileIsReplacedAndALiveOneIsNot() throws IOException {
        Path path = folder.resolve("wg7.sock");
        Files.createFile(path);
        try (UapiSocket _ = open(path)) {
            IOException refusal = assertThrows(IOException.class, () -> open(path).close());
            assertTrue(String.valueOf(refusal.getMessage()).contains("another program"));
            assertTrue(Files.exists(path));
        }
    }

    @Test
    void aClientThatTalksNonsenseOrEndlesslyIsLetGo() throws IOException {
        Path path = folder.resolve("wg7.sock");
        try (UapiSocket _ = open(path);
                SocketChannel nonsense = connect(path);
                SocketChannel endless = connect(path)) {
            say(nonsense, "GET / HTTP/1.1\n\n");
            assertEquals("errno=71\n\n", hear(nonsense));
            assertEquals("", hear(nonsense));
            say(endless, "x".repeat(5000));
            assertEquals("", hear(endless));
        }
    }
}
