package io.culvert.pump;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.ip.VirtioHeader;
import io.culvert.loop.EventLoop;
import io.culvert.tun.Tun;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An inside in memory, with the rules of a real one. Packets stand behind a virtio-net header. */
final class MemoryTun implements Tun {
    final ArrayDeque<byte[]> toRead = new ArrayDeque<>();
    final List<byte[]> written = new ArrayList<>();
    private @Nullable PacketPool pool;
    boolean hasOffloads;
    boolean hasUdpOffloads;

    /** The next super-packet is refused, and offloads are off from then on. */
    boolean refusesSuperPackets;

    boolean isGone;
    boolean isFull;
    boolean isClosed;

    MemoryTun(boolean hasOffloads) {
        this.hasOffloads = hasOffloads;
        this.hasUdpOffloads = hasOffloads;
    }

    /** Puts an ordinary packet where {@link #read} finds it. */
    void offer(byte[] packet) {
        byte[] framed = new byte[VirtioHeader.LENGTH + packet.length];
        System.arraycopy(packet, 0, framed, VirtioHeader.LENGTH, packet.length);
        toRead.add(framed);
    }

    /** Packets that the pump has leased and not given back. */
    int leased() {
        return pool == null ? 0 : pool.leased();
    }

    /** What was written, without the virtio-net headers. */
    List<byte[]> packets() {
        return written.stream()
                .map(framed -> Arrays.copyOfRange(framed, VirtioHeader.LENGTH, framed.length))
                .toList();
    }

    @Override
    public String name() {
        return "memory0";
    }

    @Override
    public boolean hasOffloads() {
        return hasOffloads;
    }

    @Override
    public boolean hasUdpOffloads() {
        return hasOffloads && hasUdpOffloads;
    }

    @Override
    public EventLoop.Registration watch(EventLoop loop, EventLoop.ReadyListener listener) {
        return loop.register(7, listener);
    }

    @Override
    public @Nullable Packet read(PacketPool from) throws IOException {
        pool = from;
        requirePresent();
        byte[] framed = toRead.poll();
        if (framed == null) {
            return null;
        }
        int length = framed.length - VirtioHeader.LENGTH;
        Packet packet = from.lease(length);
        int header = packet.offset() - VirtioHeader.LENGTH;
        System.arraycopy(framed, 0, packet.array(), header, framed.length);
        packet.set(packet.offset(), length);
        return packet;
    }

    @Override
    public boolean write(byte[] array, int offset, int length) throws IOException {
        requirePresent();
        if (!VirtioHeader.isZero(array, offset)) {
            if (refusesSuperPackets) {
                hasOffloads = false;
                return false;
            }
            if (!hasOffloads) {
                throw new AssertionError("a super-packet for a device without offloads");
            }
        }
        if (isFull) {
            return false;
        }
        written.add(Arrays.copyOfRange(array, offset - VirtioHeader.LENGTH, offset + length));
        return true;
    }

    private void requirePresent() throws IOException {
        if (isClosed) {
            throw new IllegalStateException("used after close");
        }
        if (isGone) {
            throw new IOException("the device is gone");
        }
    }

    @Override
    public void close() {
        isClosed = true;
    }
}
