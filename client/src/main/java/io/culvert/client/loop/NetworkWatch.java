package io.culvert.client.loop;

import io.culvert.libc.LibcException;
import io.culvert.libc.NetlinkSocket;
import io.culvert.loop.EventLoop;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when this machine's network has changed: once when a bundle of changes has settled, and not
 * too often. Confined to the loop.
 */
public final class NetworkWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NetworkWatch.class);

    /** From the first change until it is told: a link, its addresses and routes come one by one. */
    static final long SETTLE_NS = TimeUnit.MILLISECONDS.toNanos(500);

    /** Least time from one telling to the next. */
    static final long REST_NS = TimeUnit.SECONDS.toNanos(2);

    private final EventLoop loop;
    private final LongSupplier nowNs;
    private final Runnable listener;
    private final EventLoop.Timer timer;
    private boolean isDue;
    private long restUntilNs;

    /** Null before start, after close, and where the kernel has no netlink. */
    private @Nullable NetlinkSocket socket;

    private EventLoop.@Nullable Registration registration;

    /**
     * A watch that waits for {@link #start}.
     *
     * @param listener told of a change
     */
    public NetworkWatch(EventLoop loop, LongSupplier nowNs, Runnable listener) {
        this.loop = loop;
        this.nowNs = nowNs;
        this.listener = listener;
        this.timer = loop.timer(this::tell);
        this.restUntilNs = nowNs.getAsLong();
    }

    /** Changes count from now on. Without netlink there are none: liveness alone notices then. */
    public void start() {
        try {
            NetlinkSocket opened = NetlinkSocket.open();
            socket = opened;
            registration = loop.register(opened.fd(), (_, _) -> read(opened));
        } catch (LibcException e) {
            log.debug("changes of the network are not heard of: {}", e.getMessage());
        }
    }

    private void read(NetlinkSocket from) {
        if (from.drain()) {
            onChange();
        }
    }

    /** Something changed. */
    void onChange() {
        if (!isDue) {
            isDue = true;
            timer.arm(Math.max(SETTLE_NS, restUntilNs - nowNs.getAsLong()));
        }
    }

    private void tell() {
        isDue = false;
        restUntilNs = nowNs.getAsLong() + REST_NS;
        log.debug("the network changed");
        listener.run();
    }

    @Override
    public void close() {
        timer.cancel();
        if (registration != null) {
            registration.cancel();
            registration = null;
        }
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}
