package io.culvert.client.proxy.splice;

import io.culvert.client.loop.NettyLoop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sockets of this machine, on the client's loop. Confined to the loop. */
public final class LoopSockets implements LocalSockets {
    private static final Logger log = LoggerFactory.getLogger(LoopSockets.class);

    private static final int DATAGRAM_BYTES = 65_536;
    private static final int BACKLOG = 1_024;
    private static final int CONNECT_TIMEOUT_MS = 10_000;

    /** What may wait for a client that reads slowly, besides the kernel's own buffer. */
    private static final WriteBufferWaterMark WATER =
            new WriteBufferWaterMark(32 * 1024, 64 * 1024);

    /** How long accepting rests when descriptors have run out. */
    private static final long REST_NS = TimeUnit.SECONDS.toNanos(1);

    private final NettyLoop loop;
    private final boolean isEpoll;

    /** The sockets of this loop. */
    public LoopSockets(NettyLoop loop) {
        this.loop = loop;
        this.isEpoll = loop.transport() == NettyLoop.Transport.EPOLL;
    }

    @Override
    public ChannelFuture listen(LocalAddress at, Consumer<Channel> onAccepted) {
        return made(() -> server(at), server -> listen(server, at, onAccepted));
    }

    private ChannelFuture listen(Channel server, LocalAddress at, Consumer<Channel> onAccepted) {
        server.config().setOption(ChannelOption.SO_BACKLOG, BACKLOG);
        server.pipeline().addLast(new Acceptor(onAccepted));
        return switch (at) {
            case LocalAddress.Tcp tcp -> {
                server.config().setOption(ChannelOption.SO_REUSEADDR, true);
                var _ = loop.adopt(server);
                yield server.bind(tcp.socketAddress());
            }
            case LocalAddress.Unix unix -> bind(server, new SocketPath(unix.path()));
        };
    }

    private Channel server(LocalAddress at) {
        return switch (at) {
            case LocalAddress.Tcp _ ->
                    isEpoll ? new EpollServerSocketChannel() : new NioServerSocketChannel();
            case LocalAddress.Unix _ ->
                    isEpoll
                            ? new EpollServerDomainSocketChannel()
                            : new NioServerDomainSocketChannel();
        };
    }

    private ChannelFuture bind(Channel server, SocketPath place) {
        var _ = loop.adopt(server);
        ChannelPromise published = server.newPromise();
        try {
            server.bind(unix(place.claim()))
                    .addListener(bound -> publish(bound.cause(), place, published));
        } catch (IOException e) {
            published.setFailure(e);
        }
        published.addListener(done -> {
            if (done.isSuccess()) {
                server.closeFuture().addListener(_ -> place.remove());
            } else {
                var _ = server.close();
            }
        });
        return published;
    }

    private static void publish(Throwable cause, SocketPath place, ChannelPromise published) {
        try {
            if (cause != null) {
                throw new IOException(cause.getMessage(), cause);
            }
            place.publish();
            published.setSuccess();
        } catch (IOException e) {
            published.setFailure(e);
        }
    }

    private SocketAddress unix(Path path) {
        return isEpoll
                ? new DomainSocketAddress(path.toString())
                : UnixDomainSocketAddress.of(path);
    }

    /** Out of descriptors, a channel cannot even be made: Netty throws that, and others go on. */
    private static ChannelFuture made(
            Supplier<Channel> maker, Function<Channel, ChannelFuture> use) {
        Channel channel;
        try {
            channel = maker.get();
        } catch (ChannelException e) {
            return new EmbeddedChannel().newFailedFuture(e);
        }
        return use.apply(channel);
    }

    @Override
    public ChannelFuture connect(LocalAddress to, ChannelHandler handler) {
        return made(() -> stream(to), channel -> connect(channel, to, handler));
    }

    private Channel stream(LocalAddress to) {
        return switch (to) {
            case LocalAddress.Tcp _ -> isEpoll ? new EpollSocketChannel() : new NioSocketChannel();
            case LocalAddress.Unix _ ->
                    isEpoll ? new EpollDomainSocketChannel() : new NioDomainSocketChannel();
        };
    }

    private ChannelFuture connect(Channel channel, LocalAddress to, ChannelHandler handler) {
        prepare(channel);
        channel.config().setConnectTimeoutMillis(CONNECT_TIMEOUT_MS);
        channel.pipeline().addLast(handler);
        var _ = loop.adopt(channel);
        return switch (to) {
            case LocalAddress.Tcp tcp -> channel.connect(tcp.socketAddress());
            case LocalAddress.Unix unix -> channel.connect(unix(unix.path()));
        };
    }

    private static void prepare(Channel channel) {
        channel.config().setAutoRead(false);
        channel.config().setWriteBufferWaterMark(WATER);
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        channel.config().setOption(ChannelOption.TCP_NODELAY, true);
    }

    @Override
    public ChannelFuture bindUdp(InetSocketAddress at, ChannelHandler handler) {
        return made(() -> datagrams(at), channel -> adopted(channel, handler).bind(at));
    }

    @Override
    public ChannelFuture connectUdp(InetSocketAddress to, ChannelHandler handler) {
        return made(() -> datagrams(to), channel -> adopted(channel, handler).connect(to));
    }

    private Channel adopted(Channel channel, ChannelHandler handler) {
        channel.pipeline().addLast(handler);
        var _ = loop.adopt(channel);
        return channel;
    }

    /** The family of the address: a socket of both would tell IPv4 sources as IPv6 ones. */
    private Channel datagrams(InetSocketAddress like) {
        SocketProtocolFamily family =
                like.getAddress() instanceof Inet6Address
                        ? SocketProtocolFamily.INET6
                        : SocketProtocolFamily.INET;
        Channel channel =
                isEpoll ? new EpollDatagramChannel(family) : new NioDatagramChannel(family);
        channel.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(DATAGRAM_BYTES));
        return channel;
    }

    /** Bonds what is accepted to the loop. Confined to it. */
    private final class Acceptor extends ChannelInboundHandlerAdapter {
        private final Consumer<Channel> onAccepted;

        Acceptor(Consumer<Channel> onAccepted) {
            this.onAccepted = onAccepted;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            Channel accepted = (Channel) message;
            prepare(accepted);
            var _ = loop.adopt(accepted);
            onAccepted.accept(accepted);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            log.warn("no connection can be accepted for a moment: {}", cause.getMessage());
            context.channel().config().setAutoRead(false);
            loop.timer(() -> context.channel().config().setAutoRead(true)).arm(REST_NS);
        }
    }
}
