package io.culvert.client.loop;

import io.culvert.loop.EventLoop;
import io.culvert.loop.epoll.EpollLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where descriptors wait when Netty cannot take them: an epoll loop of ours on a second thread,
 * started with the first descriptor. Confined to the Netty loop, but for {@link #close}, which
 * comes when that loop does no more.
 */
final class DescriptorWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DescriptorWatch.class);
    private static final long JOIN_MS = 1_000;

    private final EventLoop home;
    private final LongSupplier nowNs;

    /** The loop that waits; null until the first descriptor, and after close. */
    private @Nullable EpollLoop waits;

    private @Nullable Thread thread;

    DescriptorWatch(EventLoop home, LongSupplier nowNs) {
        this.home = home;
        this.nowNs = nowNs;
    }

    EventLoop.Registration register(int fd, EventLoop.ReadyListener listener) {
        HoppedRegistration registration = new HoppedRegistration(fd, listener, home, waitingLoop());
        registration.bond();
        return registration;
    }

    private EpollLoop waitingLoop() {
        if (waits == null) {
            try {
                EpollLoop opened = EpollLoop.open(nowNs);
                waits = opened;
                thread =
                        Thread.ofPlatform().daemon().name("culvert-watch").start(() -> run(opened));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot wait for descriptors", e);
            }
        }
        return waits;
    }

    private static void run(EpollLoop loop) {
        try {
            loop.run();
        } catch (IOException e) {
            log.error("descriptors are no longer waited for", e);
        }
    }

    @Override
    public void close() {
        EpollLoop ended = waits;
        Thread running = thread;
        waits = null;
        thread = null;
        if (ended == null || running == null) {
            return;
        }
        ended.stop();
        try {
            if (running.join(java.time.Duration.ofMillis(JOIN_MS))) {
                ended.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
