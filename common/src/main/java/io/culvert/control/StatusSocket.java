package io.culvert.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers whoever connects to a Unix socket with one interface's status as JSON, and closes. The
 * file system's permissions are the authorisation: the socket is its owner's alone. Thread-safe.
 */
public final class StatusSocket implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StatusSocket.class);
    private static final long ANSWER_MS = 2_000;
    private static final long QUERY_MS = 5_000;
    private static final long PAUSE_MS = 100;
    private static final int PART_BYTES = 65_536;
    private static final String SUFFIX = ".status.sock";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final CountDownLatch ended = new CountDownLatch(1);
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
        return runtimeFolder.resolve(name + SUFFIX);
    }

    /**
     * The names of the interfaces that have a socket in this folder, in order; some may be stale.
     */
    public static List<String> names(Path runtimeFolder) throws IOException {
        if (!Files.isDirectory(runtimeFolder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(runtimeFolder)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(file -> file.endsWith(SUFFIX) && !file.startsWith("."))
                    .map(file -> file.substring(0, file.length() - SUFFIX.length()))
                    .sorted()
                    .toList();
        }
    }

    /**
     * Opens the socket, replacing a stale one, and answers on a daemon thread.
     *
     * @param status read on the interface's loop
     */
    public static StatusSocket open(Path path, Supplier<CompletableFuture<InterfaceStatus>> status)
            throws IOException {
        // under another name until it is its owner's alone: nobody else may connect meanwhile
        Path fresh = path.resolveSibling("." + path.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        boolean success = false;
        try {
            server.bind(UnixDomainSocketAddress.of(fresh));
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
            Files.move(
                    fresh,
                    path,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            StatusSocket socket = new StatusSocket(path, server, status);
            Thread.ofPlatform().daemon().name("culvert-status").start(socket::serve);
            success = true;
            return socket;
        } finally {
            if (!success) {
                server.close();
                Files.deleteIfExists(fresh);
            }
        }
    }

    private void serve() {
        while (server.isOpen()) {
            try {
                serve(server.accept());
            } catch (ClosedChannelException ignored) {
                return; // closed by us: the end
            } catch (IOException e) { // no descriptor is left: not to be tried again at once
                log.debug("no status client can be accepted: {}", e.getMessage());
                pause();
            }
        }
    }

    @SuppressWarnings("CatchingUnchecked") // the top of the thread: the next one who asks is served
    private void serve(SocketChannel accepted) {
        try (SocketChannel client = accepted) {
            client.configureBlocking(false); // who does not read must not block the others
            answer(client);
        } catch (IOException e) {
            log.debug("a status client went away: {}", e.getMessage());
        } catch (RuntimeException e) {
            log.error("the status could not be told", e);
        }
    }

    /** Until the end, or for a moment. */
    private void pause() {
        try {
            var _ = ended.await(PAUSE_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(SocketChannel client) throws IOException {
        try {
            InterfaceStatus now = status.get().get(ANSWER_MS, TimeUnit.MILLISECONDS);
            ByteBuffer json = ByteBuffer.wrap(JSON.writeValueAsBytes(now));
            while (json.hasRemaining()) {
                if (client.write(json) == 0) {
                    await(client, SelectionKey.OP_WRITE, ANSWER_MS);
                }
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

    /** Waits until the channel, which does not block, can go on. */
    private static void await(SocketChannel channel, int operation, long limitMs)
            throws IOException {
        try (Selector selector = Selector.open()) {
            channel.register(selector, operation);
            if (selector.select(limitMs) == 0) {
                throw new IOException("the other side does nothing for " + limitMs + " ms");
            }
        }
    }

    /**
     * The status that a running interface tells.
     *
     * @throws IOException when nobody answers there, with one line for the operator
     */
    public static InterfaceStatus query(Path path) throws IOException {
        String name = String.valueOf(path.getFileName()).replace(SUFFIX, "");
        try (SocketChannel channel = connect(path, name)) {
            byte[] answer = readAll(channel);
            if (answer.length == 0) {
                throw new IOException(name + " gave no answer: it is ending, or see its log");
            }
            return JSON.readValue(answer, InterfaceStatus.class);
        } catch (JacksonException e) {
            throw new IOException(name + " gave an answer that is cut off: ask again", e);
        }
    }

    private static SocketChannel connect(Path path, String name) throws IOException {
        try {
            return SocketChannel.open(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            String message = String.valueOf(e.getMessage());
            throw new IOException(
                    message.contains("ermission")
                            ? name + " may not be asked by this user: run it as root (sudo)"
                            : name + " does not answer: it is starting or ending",
                    e);
        }
    }

    private static byte[] readAll(SocketChannel channel) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer part = ByteBuffer.allocate(PART_BYTES);
        channel.configureBlocking(false);
        int count = 0;
        while (count >= 0) {
            all.write(part.array(), 0, count);
            part.clear();
            count = channel.read(part);
            if (count == 0) {
                await(channel, SelectionKey.OP_READ, QUERY_MS);
            }
        }
        return all.toByteArray();
    }

    @Override
    public void close() {
        ended.countDown();
        try {
            server.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            log.debug("status socket: {}", e.getMessage());
        }
    }
}
