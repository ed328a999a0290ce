package io.culvert.server.web;

import io.culvert.carrier.ByteStream;
import io.culvert.libc.CongestionControl;
import io.culvert.libc.SocketOptions;
import io.culvert.loop.EventLoop;
import io.culvert.loop.EventLoop.Registration;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bytes of a connection that Jetty accepted and that the loop drives from then on: TLS and TCP
 * below, frames above.
 *
 * <p>Nothing is read or written on Jetty's threads. What the socket does not take at once waits in
 * a backlog, and {@link #isWritable} is false while something waits. A stream that was closed still
 * writes its backlog, for a while.
 *
 * <p>Confined to the loop.
 */
final class JettyByteStream implements ByteStream {
    private static final Logger LOG = LoggerFactory.getLogger(JettyByteStream.class);

    /** More than a carrier writes to a stream that is not writable. */
    private static final int MOST_BACKLOG_BYTES = 1 << 20;

    /** Reads of one turn, a TLS record each; then others have theirs. */
    private static final int MOST_FILLS = 16;

    /** Room for one record more: with less, Jetty decrypts into a buffer of its own and copies. */
    static final int RECORD_BYTES = 17_408;

    private static final int KEPT_BACKLOG_BYTES = 65_536;
    private static final byte[] NOTHING = {};
    private static final long MOST_CLOSING_NS = 2_000_000_000L;

    private final EndPoint endPoint;
    private final EventLoop loop;
    private final Owner owner;

    /** Empty between reads; shared by the streams of a loop. */
    private final ByteBuffer inbound;

    private final EventLoop.Timer closing;

    /** What a flush is given. */
    private final ByteBuffer[] outbound = {BufferUtil.EMPTY_BUFFER};

    private byte[] backlog = NOTHING;
    private int backlogStart;
    private int backlogEnd;

    /** Whether something waited since the last trim. */
    private boolean isUsed;

    /** Whether the socket, or TLS above it, holds bytes back. */
    private boolean blocked;

    /** Whether TLS reads nothing more before it has written something of its own. */
    private boolean readWaitsForWrite;

    private boolean readAgain;
    private State state = State.OPEN;
    private String congestionControl = "";

    /** Null until {@link #start}, and when the descriptor was gone by then. */
    private @Nullable Registration registration;

    /**
     * A stream over an end point that nobody else uses.
     *
     * @param inbound a buffer of an array, empty, larger than a TLS record
     */
    JettyByteStream(EndPoint endPoint, EventLoop loop, ByteBuffer inbound, Owner owner) {
        this.endPoint = endPoint;
        this.loop = loop;
        this.inbound = inbound;
        this.owner = owner;
        this.closing = loop.timer(this::breakDown);
    }

    /** Begins to read. What TLS has decrypted already is told before the next event. */
    void start(int fd) {
        if (state == State.CLOSED) {
            return; // a write before has failed: the descriptor may mean another file by now
        }
        congestionControl = CongestionControl.of(SocketOptions.of(fd));
        try {
            registration = loop.register(fd, this::onReady);
            await(); // what was written before may have been held back
            if (state == State.OPEN) {
                readOn();
            }
        } catch (IllegalStateException gone) { // Jetty closed it meanwhile
            breakDown();
        }
    }

    @Override
    public String congestionControl() {
        return congestionControl;
    }

    private void onReady(boolean readable, boolean writable) {
        if (writable && blocked) {
            drain();
        }
        if (readable && state == State.OPEN) {
            read();
        }
    }

    /**
     * Tells of several records at once: packets merge into fewer and larger writes to the inside.
     */
    private void read() {
        BufferUtil.clear(inbound);
        for (int fills = 0; fills < MOST_FILLS; fills++) {
            int filled = fill();
            if (filled <= 0) {
                boolean goesOn = tell();
                if (filled < 0) {
                    breakDown();
                } else if (goesOn && wantsToWriteFirst()) {
                    holdReading();
                }
                return;
            }
            if (BufferUtil.space(inbound) < RECORD_BYTES && !tell()) {
                return;
            }
        }
        if (tell()) {
            readOn();
        }
    }

    /** What Jetty's fill returns; negative too when it fails. */
    private int fill() {
        try {
            return endPoint.fill(inbound);
        } catch (IOException lost) {
            return -1;
        } catch (RuntimeException fault) { // of TLS: one connection's, not the loop's
            LOG.warn("a connection fails as it is read", fault);
            return -1;
        }
    }

    /**
     * Whether TLS answers something of its own (a KeyUpdate, RFC 8446 §4.6.3) before it reads on,
     * and the socket takes nothing: Jetty's fill has tried to write it.
     */
    private boolean wantsToWriteFirst() {
        return endPoint instanceof SslConnection.SslEndPoint tls
                && tls.getSslConnection().getSSLEngine().getHandshakeStatus()
                        == HandshakeStatus.NEED_WRAP;
    }

    /** Until the socket takes bytes: it stays readable meanwhile, and the loop would spin. */
    private void holdReading() {
        blocked = true;
        readWaitsForWrite = true;
        await();
    }

    /** Whether to read on, after what was read has been told. */
    private boolean tell() {
        int length = inbound.remaining();
        if (length > 0) {
            owner.onBytes(inbound.array(), inbound.arrayOffset() + inbound.position(), length);
            BufferUtil.clear(inbound);
        }
        return state == State.OPEN;
    }

    /** Reads on after the others' turns: what TLS holds back no descriptor tells of. */
    private void readOn() {
        if (!readAgain) {
            readAgain = true;
            loop.execute(() -> {
                readAgain = false;
                if (state == State.OPEN) {
                    read();
                }
            });
        }
    }

    @Override
    public boolean isWritable() {
        return state == State.OPEN && !blocked;
    }

    @Override
    public void write(byte[] array, int offset, int length) {
        if (state != State.OPEN) {
            return;
        }
        if (blocked) {
            keep(array, offset, length);
            return;
        }
        ByteBuffer view = ByteBuffer.wrap(array, offset, length);
        if (!flush(view) && state == State.OPEN) {
            blocked = true;
            keep(array, view.position(), view.remaining());
            await();
        }
    }

    /** Whether nothing of it, and nothing within TLS, is held back; a failure breaks down. */
    private boolean flush(ByteBuffer view) {
        outbound[0] = view;
        try {
            return endPoint.flush(outbound);
        } catch (IOException lost) {
            breakDown();
        } catch (RuntimeException fault) { // of TLS: one connection's, not the loop's
            LOG.warn("a connection fails as it is written", fault);
            breakDown();
        }
        return false;
    }

    /** Now and then: gives back the room for what waits where nothing did for a while. */
    void trim() {
        if (!isUsed && backlogEnd == 0) {
            backlog = NOTHING;
        }
        isUsed = false;
    }

    /** Bytes that may wait without more room. */
    int backlogRoom() {
        return backlog.length;
    }

    private void keep(byte[] array, int offset, int length) {
        isUsed = true;
        int waiting = backlogEnd - backlogStart;
        if (waiting + length > MOST_BACKLOG_BYTES) {
            breakDown();
            return;
        }
        if (backlogEnd + length > backlog.length) {
            int room = Integer.highestOneBit(Math.max(waiting + length, 16_384) - 1) << 1;
            byte[] target = room > backlog.length ? new byte[room] : backlog;
            System.arraycopy(backlog, backlogStart, target, 0, waiting);
            backlog = target;
            backlogStart = 0;
            backlogEnd = waiting;
        }
        System.arraycopy(array, offset, backlog, backlogEnd, length);
        backlogEnd += length;
    }

    private void drain() {
        ByteBuffer waiting = ByteBuffer.wrap(backlog, backlogStart, backlogEnd - backlogStart);
        boolean done = flush(waiting); // TLS may hold a record back even when the backlog is empty
        if (state == State.CLOSED) {
            return;
        }
        backlogStart = waiting.position();
        if (!done) {
            return;
        }
        blocked = false;
        readWaitsForWrite = false;
        backlogStart = 0;
        backlogEnd = 0;
        if (backlog.length > KEPT_BACKLOG_BYTES) {
            backlog = NOTHING;
        }
        if (state == State.CLOSING) {
            finish();
            return;
        }
        await();
        if (state == State.OPEN) {
            owner.onWritable();
        }
        if (state == State.OPEN) {
            readOn(); // a read may have waited for TLS to write
        }
    }

    /** Waits for what the state wants. */
    private void await() {
        if (registration != null) {
            try {
                registration.interest(state == State.OPEN && !readWaitsForWrite, blocked);
            } catch (IllegalStateException gone) { // Jetty closed it meanwhile
                breakDown();
            }
        }
    }

    @Override
    public void close() {
        if (state != State.OPEN) {
            return;
        }
        state = State.CLOSING;
        if (blocked) {
            await();
            closing.arm(MOST_CLOSING_NS);
        } else {
            loop.execute(this::finish); // not within the carrier's own call
        }
    }

    /** Everything is written: the end point goes back to Jetty. */
    private void finish() {
        if (state != State.CLOSED) {
            letGo();
            owner.onClosed(true);
        }
    }

    /** Nothing more can be read or written. */
    private void breakDown() {
        if (state != State.CLOSED) {
            letGo();
            endPoint.close();
            loop.execute(() -> owner.onClosed(false));
        }
    }

    private void letGo() {
        state = State.CLOSED;
        closing.cancel();
        backlog = NOTHING;
        backlogStart = 0;
        backlogEnd = 0;
        blocked = false;
        readWaitsForWrite = false;
        outbound[0] = BufferUtil.EMPTY_BUFFER;
        if (registration != null) {
            registration.cancel();
        }
    }

    /** Jetty closed the end point. */
    void onLost() {
        breakDown();
    }

    private enum State {
        OPEN,
        CLOSING, // writes its backlog, reads nothing
        CLOSED
    }

    /** Who is told of a stream. */
    interface Owner {
        /** Bytes came; the callee may overwrite them until it returns. */
        void onBytes(byte[] array, int offset, int length);

        /** The stream is writable again. */
        void onWritable();

        /**
         * The stream is closed and tells nothing more.
         *
         * @param whole whether all was written, so that it is worth waiting for the other side
         */
        void onClosed(boolean whole);
    }
}
