package io.culvert.client.loop;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;

/**
 * Netty's epoll, whose channels never leave the set while they are open. A channel that has read to
 * the end and has nothing to write waits for nothing. Since netty/netty#16689 (seen in 4.2.18, an
 * answer to netty/netty#16683) {@code EpollIoHandler}'s registration then takes it out of the set,
 * but stays in its state "added": the next wish, to write, changes an entry that is not there, and
 * {@code submit} throws ENOENT. So a client that had ended its half was cut off in the middle of a
 * long answer. Here it waits for errors instead, edge triggered, as {@link EpollRegistration} does:
 * an error or hang-up that stands is told once and does not spin, which is what #16683 was about.
 * No channel is touched that never waits for nothing (listeners, datagrams that are read). Confined
 * to the loop.
 */
final class LastingEpoll implements IoHandler {
    private static final EpollIoOps PAUSED = EpollIoOps.EPOLLERR.with(EpollIoOps.EPOLLET);

    private final IoHandler epoll;

    private LastingEpoll(IoHandler epoll) {
        this.epoll = epoll;
    }

    static IoHandlerFactory newFactory() {
        IoHandlerFactory factory = EpollIoHandler.newFactory();
        return executor -> new LastingEpoll(factory.newHandler(executor));
    }

    @Override
    public void initialize() {
        epoll.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return epoll.run(context);
    }

    @Override
    public void prepareToDestroy() {
        epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
        epoll.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return new Lasting(epoll.register(handle));
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return epoll.isCompatible(handleType);
    }

    /** A registration that stays in the set once it is there. Confined to the loop. */
    private static final class Lasting implements IoRegistration {
        private final IoRegistration inner;
        private boolean isInSet;

        Lasting(IoRegistration inner) {
            this.inner = inner;
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // the interface has it
        public <T> T attachment() {
            return inner.attachment();
        }

        @Override
        public long submit(IoOps ops) {
            boolean isEmpty = ops.equals(EpollIoOps.NONE);
            long submitted = inner.submit(isEmpty && isInSet ? PAUSED : ops);
            isInSet |= !isEmpty; // what could not be added is not in it
            return submitted;
        }

        @Override
        public boolean isValid() {
            return inner.isValid();
        }

        @Override
        public boolean cancel() {
            return inner.cancel();
        }
    }
}
