package io.culvert.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The status socket over the file system: who asks is answered, whatever others do. */
@Tag("loopback")
@Timeout(30)
final class StatusSocketIT {
    private static final InterfaceStatus STATUS =
            new InterfaceStatus("home", "key=", null, List.of(), Map.of("bad-mac1", 3L), null);

    @TempDir Path folder = Path.of("unset");

    private Path path() {
        return StatusSocket.pathOf(folder, "home");
    }

    @Test
    void tellsTheStatusAsOftenAsAsked() throws IOException {
        assertEquals("home.status.sock", path().getFileName().toString());
        AtomicInteger asked = new AtomicInteger();
        try (StatusSocket _ = StatusSocket.open(path(), () -> counted(asked))) {
            for (int i = 0; i < 20; i++) {
                assertEquals(STATUS, StatusSocket.query(path()));
            }
        }
        assertEquals(20, asked.get());
    }

    private static CompletableFuture<InterfaceStatus> counted(AtomicInteger asked) {
        asked.incrementAndGet();
        return CompletableFuture.completedFuture(STATUS);
    }

    @Test
    void theSocketIsItsOwnersAlone() throws IOException {
        try (StatusSocket _ = open()) {
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(path())));
        }
    }

    private StatusSocket open() throws IOException {
        return StatusSocket.open(path(), () -> CompletableFuture.completedFuture(STATUS));
    }

    @Test
    void closingRemovesItAndNobodyAnswers() throws IOException {
        StatusSocket socket = open();
        socket.close();
        socket.close();
        assertFalse(Files.exists(path()));
        IOException ended = assertThrows(IOException.class, () -> StatusSocket.query(path()));
        assertEquals("home does not answer: it is starting or ending", ended.getMessage());
    }

    @Test
    void aStaleSocketIsReplaced() throws IOException {
        Files.writeString(path(), "left behind by a process that was killed");
        try (StatusSocket _ = open()) {
            assertEquals(STATUS, StatusSocket.query(path()));
        }
    }

    @Test
    void aLargeStatusArrivesWhole() throws IOException {
        List<InterfaceStatus.PeerStatus> peers = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            peers.add(
                    new InterfaceStatus.PeerStatus(
                            "peer" + i,
                            null,
                            null,
                            List.of("10.0.0.0/8"),
                            null,
                            i,
                            i,
                            25,
                            Map.of()));
        }
        InterfaceStatus large = new InterfaceStatus("home", "key=", 51820, peers, Map.of(), null);
        try (StatusSocket _ =
                StatusSocket.open(path(), () -> CompletableFuture.completedFuture(large))) {
            assertEquals(large, StatusSocket.query(path()));
        }
    }

    @Test
    void aClientThatLeavesAtOnceDisturbsNobody() throws IOException {
        try (StatusSocket _ = open()) {
            for (int i = 0; i < 20; i++) {
                SocketChannel.open(UnixDomainSocketAddress.of(path())).close();
            }
            assertEquals(STATUS, StatusSocket.query(path()));
        }
    }

    @Test
    void aFaultOfTheReaderIsNoEndOfTheSocket() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        try (StatusSocket _ =
                StatusSocket.open(
                        path(),
                        () -> {
                            if (asked.getAndIncrement() == 0) {
                                throw new IllegalArgumentException("for the test");
                            }
                            return CompletableFuture.completedFuture(STATUS);
                        })) {
            assertThrows(IOException.class, () -> StatusSocket.query(path()));
            assertEquals(STATUS, StatusSocket.query(path()));
        }
    }

    @Test
    void aClientThatNeverReadsKeepsNobodyWaiting() throws IOException {
        InterfaceStatus large =
                new InterfaceStatus("x".repeat(4_000_000), "key=", null, List.of(), Map.of(), null);
        try (StatusSocket _ =
                        StatusSocket.open(path(), () -> CompletableFuture.completedFuture(large));
                SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(path()))) {
            assertEquals(large, StatusSocket.query(path()));
        }
    }

    @Test
    void aStatusThatCannotBeReadIsNoEndOfTheSocket() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        try (StatusSocket _ =
                StatusSocket.open(
                        path(),
                        () ->
                                switch (asked.getAndIncrement()) {
                                    case 0 ->
                                            CompletableFuture.failedFuture(
                                                    new IllegalStateException("for the test"));
                                    case 1 -> throw new IllegalStateException("for the test");
                                    default -> CompletableFuture.completedFuture(STATUS);
                                })) {
            for (int i = 0; i < 2; i++) {
                IOException none =
                        assertThrows(IOException.class, () -> StatusSocket.query(path()));
                assertTrue(String.valueOf(none.getMessage()).startsWith("home gave no answer"));
            }
            assertEquals(STATUS, StatusSocket.query(path()));
        }
        assertTrue(asked.get() >= 3);
    }

    @Test
    void aFolderThatIsMissingIsAnError() {
        Path nowhere = folder.resolve("missing").resolve("x.sock");
        assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () ->
                        assertThrows(
                                IOException.class,
                                () ->
                                        StatusSocket.open(
                                                nowhere,
                                                () -> CompletableFuture.completedFuture(STATUS))));
    }
}
