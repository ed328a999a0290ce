package io.culvert.client.loop;

import io.culvert.loop.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor of ours in Netty's epoll set. Confined to the loop.
 *
 * <p>Nothing is ever submitted as {@code NONE}: Netty 4.2 then takes the descriptor out of the set
 * but still believes it there, and the next change fails. A pause waits for errors alone, edge
 * triggered, so that a descriptor that has failed does not spin; the change back looks anew.
 */
final class EpollRegistration implements EpollIoHandle, EventLoop.Registration {
    private static final EpollIoOps PAUSED = EpollIoOps.EPOLLERR.with(EpollIoOps.EPOLLET);
    private static final EpollIoOps READ = EpollIoOps.EPOLLIN;
    private static final EpollIoOps WRITE = EpollIoOps.EPOLLOUT;
    private static final EpollIoOps BOTH = READ.with(WRITE);
    private static final int FAILED = 0x08 | 0x10; // EPOLLERR | EPOLLHUP

    private final FileDescriptor fd;
    private final EventLoop.ReadyListener listener;
    private EpollIoOps wanted = READ;

    /** Netty's side of the bond; null until it is made and once it is cancelled. */
    private @Nullable IoRegistration registration;

    EpollRegistration(int fd, EventLoop.ReadyListener listener) {
        this.fd = new FileDescriptor(fd);
        this.listener = listener;
    }

    void bond(IoEventLoop eventLoop) {
        registration = eventLoop.register(this).syncUninterruptibly().getNow();
        registration.submit(wanted);
    }

    @Override
    public FileDescriptor fd() {
        return fd;
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        int ready = ((EpollIoEvent) event).ops().value();
        if (registration == null || ready == 0) {
            return;
        }
        boolean failed = (ready & FAILED) != 0;
        listener.onReady(
                failed || (ready & READ.value()) != 0, failed || (ready & WRITE.value()) != 0);
    }

    @Override
    public void interest(boolean readable, boolean writable) {
        EpollIoOps now = readable ? (writable ? BOTH : READ) : (writable ? WRITE : PAUSED);
        if (registration != null && !now.equals(wanted)) {
            wanted = now;
            registration.submit(now);
        }
    }

    @Override
    public void cancel() {
        IoRegistration ended = registration;
        registration = null;
        if (ended != null) {
            ended.cancel();
        }
    }

    /** The loop ends; the descriptor is its owner's. */
    @Override
    public void close() {
        registration = null;
    }
}
