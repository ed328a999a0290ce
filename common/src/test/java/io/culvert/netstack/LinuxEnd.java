package io.culvert.netstack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;

/**
 * An ordinary program at the kernel's end of a connection: writes one known stream and ends it,
 * while it reads the other to its end and checks it. Two threads of its own.
 */
final class LinuxEnd {
    private static final int STEP = 1 << 16;

    /** How many bytes came; fails with what went wrong. */
    final CompletableFuture<Long> received = new CompletableFuture<>();

    /** How many bytes were written. */
    final CompletableFuture<Long> sent = new CompletableFuture<>();

    private final SocketChannel channel;
    private final int salt;

    LinuxEnd(SocketChannel channel, int salt, long toSend) {
        this.channel = channel;
        this.salt = salt;
        Thread.ofPlatform().daemon().start(() -> finish(sent, () -> write(toSend)));
        Thread.ofPlatform().daemon().start(() -> finish(received, this::read));
    }

    private interface Work {
        long run() throws IOException;
    }

    private static void finish(CompletableFuture<Long> future, Work work) {
        try {
            future.complete(work.run());
        } catch (IOException | AssertionError e) {
            future.completeExceptionally(e);
        }
    }

    /** Whether the other stream came to its end. */
    boolean hasAll() {
        return received.isDone();
    }

    boolean isDone() {
        return sent.isDone() && received.isDone();
    }

    private long write(long toSend) throws IOException {
        byte[] bytes = new byte[STEP];
        long done = 0;
        while (done < toSend) {
            int length = (int) Math.min(STEP, toSend - done);
            for (int i = 0; i < length; i++) {
                bytes[i] = StreamEnd.at(salt, done + i);
            }
            ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            done += length;
        }
        channel.shutdownOutput();
        return done;
    }

    private long read() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(STEP);
        long done = 0;
        while (channel.read(buffer) >= 0) {
            for (int i = 0; i < buffer.position(); i++) {
                if (buffer.get(i) != StreamEnd.at(salt ^ 1, done + i)) {
                    throw new AssertionError("byte " + (done + i) + " is another one");
                }
            }
            done += buffer.position();
            buffer.clear();
        }
        return done;
    }
}
