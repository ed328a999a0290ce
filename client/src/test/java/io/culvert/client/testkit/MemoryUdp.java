package io.culvert.client.testkit;

import io.culvert.client.proxy.InsideAddress;
import io.culvert.client.proxy.InsideUdp;
import io.culvert.loop.EventLoop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A UDP socket of {@link MemoryInside}. Confined to the test's thread. */
public final class MemoryUdp implements InsideUdp {
    private final EventLoop loop;
    private final Listener listener;
    private final List<Sent> sent = new ArrayList<>();
    private boolean isClosed;

    MemoryUdp(EventLoop loop, Listener listener) {
        this.loop = loop;
        this.listener = listener;
    }

    /** A datagram on its way. */
    @SuppressWarnings("ArrayRecordComponent") // tests look into it only
    public record Sent(InsideAddress to, byte[] bytes) {}

    /** What was sent, in order. */
    public List<Sent> sent() {
        return sent;
    }

    /** The last datagram that was sent. */
    public Sent last() {
        return sent.getLast();
    }

    /** Whether it was closed. */
    public boolean isClosed() {
        return isClosed;
    }

    /** A datagram comes. */
    public void deliver(InsideAddress from, byte[] bytes) {
        loop.execute(() -> {
            if (!isClosed) {
                listener.onDatagram(from, bytes, 0, bytes.length);
            }
        });
    }

    /** Nobody is there. */
    public void unreachable(InsideAddress to) {
        loop.execute(() -> {
            if (!isClosed) {
                listener.onUnreachable(to);
            }
        });
    }

    @Override
    public void send(InsideAddress to, byte[] array, int offset, int length) {
        if (!isClosed) {
            sent.add(new Sent(to, Arrays.copyOfRange(array, offset, offset + length)));
        }
    }

    @Override
    public void close() {
        isClosed = true;
    }
}
