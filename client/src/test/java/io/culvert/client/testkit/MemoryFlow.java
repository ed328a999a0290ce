package io.culvert.client.testkit;

import io.culvert.client.proxy.FlowEnd;
import io.culvert.client.proxy.InsideAddress;
import io.culvert.client.proxy.InsideFlow;
import io.culvert.loop.EventLoop;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A flow of {@link MemoryInside}, and its remote end. Confined to the test's thread. */
public final class MemoryFlow implements InsideFlow {
    private final EventLoop loop;
    private final InsideAddress remote;
    private final int sendBufferBytes;
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private byte[] incoming = new byte[0];
    private int untaken;
    private boolean wasShort;
    private boolean isConnected;
    private boolean isOutputShut;
    private boolean isClosed;
    private boolean isAborted;

    /** Null until {@link #listen}. */
    private @Nullable Listener listener;

    MemoryFlow(EventLoop loop, InsideAddress remote, int sendBufferBytes) {
        this.loop = loop;
        this.remote = remote;
        this.sendBufferBytes = sendBufferBytes;
    }

    void listen(Listener told) {
        listener = told;
    }

    private void tell(Consumer<Listener> event) {
        loop.execute(() -> {
            if (listener != null && !isClosed && !isAborted) {
                event.accept(listener);
            }
        });
    }

    /** The remote end answers the connection. */
    public void accept() {
        isConnected = true;
        tell(Listener::onConnected);
    }

    /** The flow ends like this. */
    public void end(FlowEnd end) {
        tell(told -> told.onClosed(end));
    }

    /** The remote end sends. */
    public void peerSends(byte[] bytes) {
        byte[] joined = new byte[incoming.length + bytes.length];
        System.arraycopy(incoming, 0, joined, 0, incoming.length);
        System.arraycopy(bytes, 0, joined, incoming.length, bytes.length);
        incoming = joined;
        tell(Listener::onReadable);
    }

    /** The remote end sends text. */
    public void peerSends(String text) {
        peerSends(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The remote end sends no more. */
    public void peerEnds() {
        tell(Listener::onRemoteEnd);
    }

    /** The remote end reads what waits in the send buffer. */
    public void peerReads() {
        untaken = 0;
        if (wasShort) {
            wasShort = false;
            tell(Listener::onWritable);
        }
    }

    /** All that was written so far. */
    public byte[] sent() {
        return sent.toByteArray();
    }

    /** The same as text. */
    public String sentText() {
        return sent.toString(StandardCharsets.ISO_8859_1);
    }

    /** Forgets what was written so far. */
    public void forget() {
        sent.reset();
    }

    /** Whether our direction was ended. */
    public boolean isOutputShut() {
        return isOutputShut;
    }

    /** Whether it was closed in order. */
    public boolean isClosed() {
        return isClosed;
    }

    /** Whether it was aborted. */
    public boolean isAborted() {
        return isAborted;
    }

    @Override
    public InsideAddress remote() {
        return remote;
    }

    @Override
    public int write(byte[] array, int offset, int length) {
        int taken = Math.min(length, writableNow());
        sent.write(array, offset, taken);
        untaken += taken;
        wasShort |= taken < length;
        return taken;
    }

    private int writableNow() {
        boolean isOpen = isConnected && !isOutputShut && !isClosed && !isAborted;
        return isOpen ? sendBufferBytes - untaken : 0;
    }

    @Override
    public int writable() {
        int room = writableNow();
        wasShort |= room == 0;
        return room;
    }

    @Override
    public int available() {
        return isAborted ? 0 : incoming.length;
    }

    @Override
    public int read(byte[] array, int offset, int length) {
        int count = Math.min(length, available());
        System.arraycopy(incoming, 0, array, offset, count);
        byte[] rest = new byte[incoming.length - count];
        System.arraycopy(incoming, count, rest, 0, rest.length);
        incoming = rest;
        return count;
    }

    @Override
    public void shutdownOutput() {
        isOutputShut = true;
    }

    @Override
    public void close() {
        isClosed = true;
    }

    @Override
    public void abort() {
        isAborted = true;
    }
}
