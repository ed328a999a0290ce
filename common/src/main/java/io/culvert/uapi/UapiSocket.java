package io.culvert.uapi;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Unix socket by which {@code wg} finds an interface: {@code NAME.sock} in {@link #FOLDER}, its
 * owner's alone. Reads lines, lets the loop answer them, and writes the answers. Thread-safe.
 */
public final class UapiSocket implements AutoCloseable {
    /** Where the tools look. */
    public static final Path FOLDER = Path.of("/var/run/wireguard");

    private static final Logger log = LoggerFactory.getLogger(UapiSocket.class);
    private static final int CLIENTS = 64;
    private static final long PAUSE_MS = 100;
    private static final int LONGEST_LINE = 4_096;

    /** Lines that the loop takes at once, so that packets are not kept waiting by a big change. */
    private static final int BATCH = 1_024;

    /** A peer's lines are not parted before that many: it is not to be seen half configured. */
    private static final int LONGEST_BATCH = 16_384;

    /** Null for a socket that somebody else made and removes. */
    private final @Nullable Path path;

    private final ServerSocketChannel server;
    private final Executor loop;
    private final Supplier<Conversation<?>> conversations;
    private final Supplier<Moment> clock;
    private final Semaphore clients = new Semaphore(CLIENTS);

    private final CompletableFuture<@Nullable Void> gone = new CompletableFuture<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    private UapiSocket(@Nullable Path path, ServerSocketChannel server, Service service) {
        this.path = path;
        this.server = server;
        this.loop = service.loop();
        this.conversations = service.conversations();
        this.clock = service.clock();
    }

    /**
     * Who answers.
     *
     * @param loop the thread that owns the engine
     * @param conversations makes one for each client
     * @param clock both clocks, read on the loop
     */
    public record Service(
            Executor loop, Supplier<Conversation<?>> conversations, Supplier<Moment> clock) {}

    /** Where the socket of this interface lies. */
    public static Path pathOf(String name) {
        return FOLDER.resolve(name + ".sock");
    }

    /**
     * Opens the socket, replacing one that nobody answers at.
     *
     * @throws IOException when somebody answers there, or the folder cannot be used
     */
    public static UapiSocket open(Path path, Service service) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            Files.createDirectories(
                    folder,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwxr-xr-x")));
        }
        if (isAnswered(path)) {
            throw new IOException(path + ": another program runs this interface");
        }
        // under another name until it is its owner's alone: nobody else may connect meanwhile
        Path fresh = path.resolveSibling("." + path.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        boolean isNamed = false;
        boolean success = false;
        try {
            server.bind(UnixDomainSocketAddress.of(fresh));
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
            UapiSocket socket = new UapiSocket(path, server, service);
            Files.move(
                    fresh,
                    path,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            isNamed = true;
            socket.start();
            success = true;
            return socket;
        } finally {
            if (!success) {
                server.close();
                Files.deleteIfExists(isNamed ? path : fresh);
            }
        }
    }

    /**
     * Opens the socket of this interface for tools that may come: where it cannot be had the
     * interface runs all the same.
     *
     * @return null, with a line in the log, where it cannot be had
     */
    public static @Nullable UapiSocket tryOpen(String name, Service service) {
        try {
            return open(pathOf(name), service);
        } catch (IOException e) {
            log.warn("{} cannot be reached by wg: {}", name, e.getMessage());
            return null;
        }
    }

    /** Removes the socket's file that a killed process left. */
    public static void sweep(String name) {
        Path path = pathOf(name);
        try {
            if (!isAnswered(path)) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            log.debug("{}: {}", path, e.getMessage());
        }
    }

    /** Answers at a listening socket that another program has opened. */
    public static UapiSocket adopt(ServerSocketChannel listening, Service service)
            throws IOException {
        UapiSocket socket = new UapiSocket(null, listening, service);
        socket.start();
        return socket;
    }

    private void start() throws IOException {
        Thread.ofPlatform().daemon().name("culvert-uapi").start(this::serve);
        if (path != null) {
            FileWatch watch = FileWatch.open(path);
            Thread.ofPlatform()
                    .daemon()
                    .name("culvert-uapi-watch")
                    .start(() -> watch.awaitGone(gone));
        }
    }

    /** Completes when the socket's file is gone, whoever removed it. */
    public CompletableFuture<@Nullable Void> gone() {
        return gone;
    }

    private static boolean isAnswered(Path path) {
        try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return true;
        } catch (IOException ignored) { // no file, or a process that is gone
            return false;
        }
    }

    private void serve() {
        while (server.isOpen()) {
            try {
                clients.acquireUninterruptibly();
                SocketChannel client = server.accept();
                Thread.ofVirtual().name("culvert-uapi-client").start(() -> serve(client));
            } catch (ClosedChannelException ignored) {
                return; // closed by us: the end
            } catch (IOException e) { // no descriptor is left
                clients.release();
                log.warn("control socket: {}", e.getMessage());
                pause();
            }
        }
    }

    private void pause() {
        try {
            var _ = ended.await(PAUSE_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(SocketChannel accepted) {
        try (SocketChannel client = accepted;
                InputStream in = new BufferedInputStream(Channels.newInputStream(client), 65_536)) {
            converse(client, in);
        } catch (IOException e) {
            log.debug("control socket: a client went away: {}", e.getMessage());
        } catch (CompletionException | RejectedExecutionException | IllegalStateException e) {
            log.debug("control socket: the interface is ending: {}", e.toString());
        } finally {
            clients.release();
        }
    }

    private void converse(SocketChannel client, InputStream in) throws IOException {
        Conversation<?> conversation = conversations.get();
        List<String> batch = new ArrayList<>();
        for (String line = read(in); line != null; line = read(in)) {
            boolean isPeer = line.startsWith("public_key=");
            if ((isPeer && batch.size() >= BATCH) || batch.size() >= LONGEST_BATCH) {
                write(client, answer(conversation, batch));
            }
            batch.add(line);
            if (line.isEmpty() || conversation.isEnded()) {
                write(client, answer(conversation, batch));
            }
            if (conversation.isEnded()) {
                return;
            }
        }
    }

    private String answer(Conversation<?> conversation, List<String> batch) {
        List<String> lines = List.copyOf(batch);
        batch.clear();
        return CompletableFuture.supplyAsync(() -> conversation.lines(lines, clock.get()), loop)
                .join();
    }

    private static void write(SocketChannel client, String answer) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            client.write(bytes);
        }
    }

    /** The next line; null at the end. */
    private static @Nullable String read(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(128);
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                return null; // a line that was not ended is none
            }
            if (line.size() == LONGEST_LINE) {
                throw new IOException("a line of more than " + LONGEST_LINE + " characters");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /** Lets nobody in any more, and takes the name away. */
    @Override
    public void close() {
        ended.countDown();
        try {
            server.close();
            if (path != null) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            log.debug("control socket: {}", e.getMessage());
        }
    }
}
