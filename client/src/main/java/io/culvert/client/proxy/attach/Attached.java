package io.culvert.client.proxy.attach;

import io.culvert.client.proxy.Target;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A process's way through a tunnel that another process of the same user has. Good for one request.
 * Confined to one thread, but for {@link #close}, which ends any wait.
 */
public final class Attached implements AutoCloseable {
    private static final String SUFFIX = ".proxy.sock";
    private static final int BLOCK_BYTES = 32_768;
    private static final int MOST_TEXT_BYTES = 4_096;

    private static final long GREETING_S = 5;

    /** Longer than a connection may take to be made, or a question to be answered. */
    private static final long ANSWER_S = 40;

    /** As with a pipe of our own: how long an input may go on when the target has ended. */
    private static final long HALF_CLOSED_S = 30;

    private final SocketChannel channel;
    private final DataInputStream in;
    private final String publicKey;

    private Attached(SocketChannel channel, DataInputStream in, String publicKey) {
        this.channel = channel;
        this.in = in;
        this.publicKey = publicKey;
    }

    /** The other process ended before it had answered: what was asked may be asked elsewhere. */
    public static final class Gone extends IOException {
        Gone() {
            super("the process that has the tunnel is ending");
        }
    }

    /** Where the socket of this tunnel lies. */
    public static Path pathOf(Path runtimeFolder, String name) {
        return runtimeFolder.resolve(name + SUFFIX);
    }

    /** Joins whoever answers there; null when nobody does, or not in our version. */
    public static @Nullable Attached find(Path path) {
        SocketChannel opened = null;
        Attached found = null;
        try {
            opened = SocketChannel.open(UnixDomainSocketAddress.of(path));
            DataInputStream in = new DataInputStream(Channels.newInputStream(opened));
            String greeting = text(opened, in, GREETING_S);
            if (greeting.startsWith(AttachDoor.GREETING)) {
                String key = greeting.substring(AttachDoor.GREETING.length());
                found = new Attached(opened, in, key);
            }
        } catch (IOException ignored) { // nobody is there, or is going
        } finally {
            if (found == null && opened != null) {
                closeQuietly(opened);
            }
        }
        return found;
    }

    /** Which tunnel it is. */
    public String publicKey() {
        return publicKey;
    }

    /**
     * Asks whether a host answers through the tunnel, and returns the answer for people.
     *
     * @param port 0 for a ping
     * @throws IOException that it does not, with a line for people
     */
    public String check(String host, int port) throws IOException {
        String what = port == 0 ? "ping " + host : "check " + new Target(host, port);
        return ask(what).strip();
    }

    /** Ends the process that has the tunnel, whoever else is joined. */
    public void end() throws IOException {
        var _ = ask("end");
    }

    /** What comes behind the {@code ok}. */
    private String ask(String line) throws IOException {
        String reply = reply(line);
        if (reply.startsWith(AttachReplies.FAILED)) {
            throw new IOException(reply.substring(AttachReplies.FAILED.length()));
        }
        return reply.substring(AttachReplies.OK.length());
    }

    private String reply(String line) throws IOException {
        try {
            write((line + "\n").getBytes(StandardCharsets.US_ASCII));
            return text(channel, in, ANSWER_S);
        } catch (IOException e) {
            Gone gone = new Gone();
            gone.initCause(e);
            throw gone;
        }
    }

    /** A process that hangs, or was stopped, is not waited for: the channel is closed then. */
    private static String text(SocketChannel channel, DataInputStream in, long limitS)
            throws IOException {
        CompletableFuture<Void> late =
                CompletableFuture.runAsync(
                        () -> closeQuietly(channel),
                        CompletableFuture.delayedExecutor(limitS, TimeUnit.SECONDS));
        try {
            return text(in);
        } finally {
            boolean _ = late.cancel(false);
        }
    }

    private static String text(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 1 || length > MOST_TEXT_BYTES) {
            throw new IOException("no text comes");
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    private void write(byte[] bytes) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            channel.write(left);
        }
    }

    /**
     * Joins two streams with a target, until both directions have ended.
     *
     * @throws IOException where the target could not be reached, or the connection was cut
     */
    public void pipe(Target target, InputStream from, OutputStream to) throws IOException {
        try {
            var _ = ask("connect " + target);
        } catch (Gone e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(target + ": " + e.getMessage(), e);
        }
        CompletableFuture<Void> sent = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("culvert-stdin").start(() -> send(from, sent));
        receive(target, to);
        await(sent);
    }

    /** On a thread of its own. */
    private void send(InputStream from, CompletableFuture<Void> sent) {
        byte[] block = new byte[BLOCK_BYTES];
        try {
            for (int length = from.read(block); length >= 0; length = from.read(block)) {
                ByteBuffer left = ByteBuffer.wrap(block, 0, length);
                while (left.hasRemaining()) {
                    channel.write(left);
                }
            }
            channel.shutdownOutput();
        } catch (IOException ignored) { // the receiving side tells of it
        } finally {
            sent.complete(null);
        }
    }

    private void receive(Target target, OutputStream to) throws IOException {
        byte[] block = new byte[BLOCK_BYTES];
        try {
            for (int left = in.readInt(); left != 0; left = in.readInt()) {
                copy(left, block, to);
            }
        } catch (EOFException e) {
            throw new IOException(
                    target + ": the connection was cut, or the culvert that has the tunnel ended",
                    e);
        }
        to.close();
    }

    private void copy(int bytes, byte[] block, OutputStream to) throws IOException {
        int left = bytes;
        while (left > 0) {
            int length = in.read(block, 0, Math.min(left, block.length));
            if (length < 0) {
                throw new EOFException();
            }
            to.write(block, 0, length);
            left -= length;
        }
        to.flush();
    }

    private static void await(CompletableFuture<Void> sent) {
        try {
            sent.get(HALF_CLOSED_S, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException ignored) { // it is left behind
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException ignored) { // gone either way
        }
    }
}
