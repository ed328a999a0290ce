package io.culvert.client.testkit;

import io.culvert.client.loop.NettyLoop;
import io.culvert.client.proxy.FlowEnd;
import io.culvert.client.proxy.InsideAddress;
import io.culvert.client.proxy.InsideFlow;
import io.culvert.client.proxy.splice.Clients;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.net.ConnectException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A flow of {@link LoopbackInside}: a socket whose bytes wait here until they are read, and of
 * which no more is read meanwhile. Confined to the loop.
 */
final class LoopbackFlow implements InsideFlow {
    private static final int MOST_WAITING_BYTES = 65_536;

    private final LoopbackInside inside;
    private final NettyLoop loop;
    private final InsideAddress remote;
    private final CompositeByteBuf incoming = Unpooled.compositeBuffer(Integer.MAX_VALUE);
    private boolean isOver;
    private boolean wasShort;
    private boolean isOutputShut;
    private @Nullable Listener listener;
    private @Nullable Channel channel;

    LoopbackFlow(LoopbackInside inside, NettyLoop loop, InsideAddress remote) {
        this.inside = inside;
        this.loop = loop;
        this.remote = remote;
    }

    void listen(Listener told) {
        listener = told;
        loop.execute(() -> tell(Listener::onReadable));
    }

    ChannelHandler handler() {
        return new Handler();
    }

    private void tell(Consumer<Listener> event) {
        if (listener != null && !isOver) {
            event.accept(listener);
        }
    }

    void onConnectFailed(Throwable cause) {
        FlowEnd end =
                cause instanceof ConnectException ? FlowEnd.REFUSED : FlowEnd.HOST_UNREACHABLE;
        tell(told -> told.onClosed(end));
        leave();
    }

    /** The socket's side. Confined to the loop. */
    private final class Handler extends ChannelInboundHandlerAdapter {
        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            channel = context.channel();
            if (channel.isActive()) {
                context.read();
            }
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            tell(Listener::onConnected);
            context.read();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (isOver) {
                ((ByteBuf) message).release();
                return;
            }
            incoming.addComponent(true, (ByteBuf) message);
            tell(Listener::onReadable);
            readOn(context.channel());
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (context.channel().isWritable() && wasShort) {
                wasShort = false;
                tell(Listener::onWritable);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                tell(Listener::onRemoteEnd);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            tell(told -> told.onClosed(FlowEnd.RESET));
            leave();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable ignored) {
            abort();
        }
    }

    private void readOn(Channel from) {
        if (incoming.readableBytes() < MOST_WAITING_BYTES && !isOver) {
            from.read();
        }
    }

    @Override
    public InsideAddress remote() {
        return remote;
    }

    @Override
    public int write(byte[] array, int offset, int length) {
        Channel to = channel;
        int taken = Math.min(length, room());
        wasShort |= taken < length;
        if (taken > 0 && to != null) {
            var _ = to.writeAndFlush(Unpooled.copiedBuffer(array, offset, taken));
        }
        return taken;
    }

    private int room() {
        Channel to = channel;
        boolean isOpen = to != null && to.isActive() && !isOver && !isOutputShut;
        return isOpen ? (int) Math.min(MOST_WAITING_BYTES, to.bytesBeforeUnwritable()) : 0;
    }

    @Override
    public int writable() {
        int room = room();
        wasShort |= room == 0;
        return room;
    }

    @Override
    public int available() {
        return isOver ? 0 : incoming.readableBytes();
    }

    @Override
    public int read(byte[] array, int offset, int length) {
        int count = Math.min(length, available());
        if (count > 0) {
            incoming.readBytes(array, offset, count);
            incoming.discardReadComponents();
            if (channel != null) {
                readOn(channel);
            }
        }
        return count;
    }

    @Override
    public void shutdownOutput() {
        if (channel != null && !isOutputShut) {
            isOutputShut = true;
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                    .addListener(_ -> {
                        var _ = ((DuplexChannel) channel).shutdownOutput();
                    });
        }
    }

    @Override
    public void close() {
        Channel last = channel;
        leave();
        if (last != null) {
            last.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void abort() {
        Channel last = channel;
        leave();
        if (last != null) {
            Clients.reset(last);
        }
    }

    private void leave() {
        if (!isOver) {
            isOver = true;
            incoming.release();
            inside.flowEnded();
        }
    }
}
