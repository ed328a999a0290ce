package io.culvert.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers whoever connects to a Unix socket with one interface's status as JSON, and closes. The
 * file system's permissions are the authorisation: the socket is its owner's alone. Thread-safe.
 */
public final class StatusSocket implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StatusSocket.class);
    private static final long ANSWER_MS = 2_000;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path path;
    private final ServerSocketChannel server;
    private final Supplier<CompletableFuture<InterfaceStatus>> status;

    private StatusSocket(
            Path path,
            ServerSocketChannel server,
            Supplier<CompletableFuture<InterfaceStatus>> status) {
        this.path = path;
        this.server = server;
        this.status = status;
    }

    /** Where the socket of this interface lies. */
    public static Path pathOf(Path runtimeFolder, String name) {
        return runtimeFolder.resolve(name + ".status.sock");
    }

    /**
     * Opens the socket, replacing a stale one, and answers on a daemon thread.
     *
     * @param status read on the interface's loop
     */
    public static StatusSocket open(Path path, Supplier<CompletableFuture<InterfaceStatus>> status)
            throws IOException {
        Files.deleteIfExists(path);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        boolean success = false;
        try {
            server.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            StatusSocket socket = new StatusSocket(path, server, status);
            Thread.ofPlatform().daemon().name("culvert-status").start(socket::serve);
            success = true;
            return socket;
        } finally {
            if (!success) {
                server.close();
            }
        }
    }

    private void serve() {
        while (server.isOpen()) {
            try (SocketChannel client = server.accept()) {
                answer(client);
            } catch (ClosedChannelException ignored) {
                return; // closed by us: the end
            } catch (IOException e) {
                log.debug("a status client went away: {}", e.getMessage());
            }
        }
    }

    private void answer(SocketChannel client) throws IOException {
        try {
            InterfaceStatus now = status.get().get(ANSWER_MS, TimeUnit.MILLISECONDS);
            ByteBuffer json = ByteBuffer.wrap(JSON.writeValueAsBytes(now));
            while (json.hasRemaining()) {
                client.write(json);
            }
        } catch (ExecutionException
                | TimeoutException
                | RejectedExecutionException
                | IllegalStateException e) {
            // the last two: the loop is ending; the next one who asks may still be answered
            log.warn("the status could not be read: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * The status that a running interface tells.
     *
     * @throws IOException when nobody answers there
     */
    public static InterfaceStatus query(Path path) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return JSON.readValue(
                    java.nio.channels.Channels.newInputStream(channel), InterfaceStatus.class);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            log.debug("status socket: {}", e.getMessage());
        }
    }
}
