package io.culvert.app.demo;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.libc.EventFd;
import io.culvert.libc.LibcException;
import io.culvert.loop.EventLoop;
import io.culvert.tun.Tun;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * An inside without a device. At one end whatever is written comes back with source and destination
 * changed, as from a host that echoes; at the other it is counted. Confined to the loop that owns
 * it, but for {@link #put} and {@link #written}, which are thread-safe.
 */
final class MemoryTun implements Tun {
    private static final int HEADER = Packet.OFFLOAD_LENGTH;
    private static final int SOURCE = 12;
    private static final int ADDRESS = 4;

    private final EventFd ready;
    private final Queue<byte[]> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicLong written = new AtomicLong();

    private final boolean echoes;

    MemoryTun(boolean echoes) throws LibcException {
        this.echoes = echoes;
        ready = EventFd.open();
    }

    /** Lets the loop read this IPv4 packet, which stands behind its virtio-net header. */
    void put(byte[] packet) {
        waiting.add(packet);
        ready.signal();
    }

    /** Packets that came out of the tunnel. */
    long written() {
        return written.get();
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public boolean hasOffloads() {
        return true;
    }

    @Override
    public boolean hasUdpOffloads() {
        return false;
    }

    @Override
    public EventLoop.Registration watch(EventLoop loop, EventLoop.ReadyListener listener) {
        return loop.register(ready.fd(), listener);
    }

    @Override
    public @Nullable Packet read(PacketPool pool) {
        byte[] next = waiting.poll();
        if (next == null) {
            ready.drain();
            next = waiting.poll();
        }
        if (next == null) {
            return null;
        }
        Packet packet = pool.lease(next.length - HEADER);
        int offset = packet.offset();
        System.arraycopy(next, 0, packet.array(), offset - HEADER, next.length);
        packet.set(offset, next.length - HEADER);
        return packet;
    }

    @Override
    public boolean write(byte[] array, int offset, int length) {
        written.incrementAndGet();
        if (echoes) {
            echo(array, offset, length);
        }
        return true;
    }

    private void echo(byte[] array, int offset, int length) {
        byte[] back = new byte[HEADER + length];
        System.arraycopy(array, offset - HEADER, back, 0, back.length);
        int at = offset + SOURCE;
        System.arraycopy(array, at, back, HEADER + SOURCE + ADDRESS, ADDRESS);
        System.arraycopy(array, at + ADDRESS, back, HEADER + SOURCE, ADDRESS);
        put(back);
    }

    @Override
    public void close() {
        waiting.clear();
        ready.close();
    }
}
