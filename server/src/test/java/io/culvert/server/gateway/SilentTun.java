package io.culvert.server.gateway;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.libc.TestPipe;
import io.culvert.loop.EventLoop;
import io.culvert.tun.Tun;
import org.jspecify.annotations.Nullable;

/** An inside that never has a packet, and takes none. Confined to the test and its gateway. */
final class SilentTun implements Tun {
    private final TestPipe pipe = new TestPipe();
    boolean isClosed;

    @Override
    public String name() {
        return "wg0";
    }

    @Override
    public boolean hasOffloads() {
        return false;
    }

    @Override
    public boolean hasUdpOffloads() {
        return false;
    }

    @Override
    public EventLoop.Registration watch(EventLoop loop, EventLoop.ReadyListener listener) {
        return loop.register(pipe.readFd(), listener);
    }

    @Override
    public @Nullable Packet read(PacketPool pool) {
        return null;
    }

    @Override
    public boolean write(byte[] array, int offset, int length) {
        return false;
    }

    @Override
    public void close() {
        isClosed = true;
        pipe.close();
    }
}
