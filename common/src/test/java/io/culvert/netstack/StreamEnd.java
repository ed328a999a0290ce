package io.culvert.netstack;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An application at one end of a flow: writes so many bytes of a known stream, then ends its side;
 * checks that what comes is the other known stream; closes when both are done.
 */
final class StreamEnd implements TcpFlow.Listener {
    private static final byte[] CONTENT = new byte[65_521];

    static {
        long state = 88_172_645_463_325_252L;
        for (int i = 0; i < CONTENT.length; i++) {
            state ^= state << 13;
            state ^= state >>> 7;
            state ^= state << 17;
            CONTENT[i] = (byte) state;
        }
    }

    /** The content of a stream at a place. */
    static byte at(int salt, long place) {
        return CONTENT[(int) ((place + salt * 7919L) % CONTENT.length)];
    }

    private final int salt;
    private final long toSend;
    private final byte[] copy = new byte[20_000];
    private final int readStep; // 0: all at once, in place
    private long sent;
    private long received;
    long abortAt = Long.MAX_VALUE;
    boolean isPaused;
    boolean isConnected;
    boolean isRemoteEnded;
    boolean isClosed;
    @Nullable End end;
    @Nullable TcpFlow flow;
    private boolean isShut;

    /** Sends so many bytes of stream number {@code salt}; the other side must send the next's. */
    StreamEnd(int salt, long toSend, int readStep) {
        this.salt = salt;
        this.toSend = toSend;
        this.readStep = readStep;
    }

    long received() {
        return received;
    }

    long sent() {
        return sent;
    }

    boolean isFinished() {
        return isClosed;
    }

    @Override
    public void onConnected(TcpFlow opened) {
        isConnected = true;
        flow = opened;
        pump(opened);
    }

    void pump(TcpFlow to) {
        while (sent < toSend) {
            int from = (int) ((sent + salt * 7919L) % CONTENT.length);
            int length = (int) Math.min(CONTENT.length - from, toSend - sent);
            int taken;
            if ((sent & 1) == 0) {
                taken = to.write(CONTENT, from, length);
            } else {
                ByteBuffer space = to.space();
                taken = Math.min(length, space.remaining());
                space.put(CONTENT, from, taken);
                to.wrote(taken);
            }
            sent += taken;
            if (sent >= abortAt) {
                to.abort();
                return;
            }
            if (taken == 0) {
                return;
            }
        }
        if (!isShut) {
            isShut = true;
            to.shutdownOutput();
            closeIfDone(to);
        }
    }

    @Override
    public void onReadable(TcpFlow from) {
        if (!isPaused) {
            readAll(from);
        }
    }

    void readAll(TcpFlow from) {
        while (from.available() > 0) {
            if (readStep > 0) {
                int bytes = from.read(copy, 0, Math.min(readStep, copy.length));
                check(copy, 0, bytes);
            } else {
                ByteBuffer view = from.view();
                int bytes = view.remaining();
                check(view.array(), view.arrayOffset() + view.position(), bytes);
                from.consume(bytes);
            }
            if (received >= abortAt) {
                from.abort();
                return;
            }
        }
        closeIfDone(from);
    }

    private void check(byte[] array, int offset, int length) {
        for (int i = 0; i < length; i++) {
            byte wanted = at(salt ^ 1, received + i);
            if (array[offset + i] != wanted) {
                throw new AssertionError("byte " + (received + i) + " is another one");
            }
        }
        received += length;
    }

    @Override
    public void onWritable(TcpFlow to) {
        pump(to);
    }

    @Override
    public void onRemoteEnd(TcpFlow from) {
        isRemoteEnded = true;
        closeIfDone(from);
    }

    private void closeIfDone(TcpFlow at) {
        if (isShut && isRemoteEnded && at.available() == 0) {
            at.close();
        }
    }

    @Override
    public void onClosed(TcpFlow closed, End how) {
        if (isClosed) {
            throw new AssertionError("closed twice");
        }
        isClosed = true;
        end = how;
        closed.close();
    }
}
