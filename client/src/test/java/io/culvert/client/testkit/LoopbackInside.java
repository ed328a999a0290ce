package io.culvert.client.testkit;

import io.culvert.client.loop.NettyLoop;
import io.culvert.client.proxy.Inside;
import io.culvert.client.proxy.InsideAddress;
import io.culvert.client.proxy.InsideFlow;
import io.culvert.client.proxy.InsideUdp;
import io.culvert.client.proxy.splice.LocalAddress;
import io.culvert.client.proxy.splice.LoopSockets;
import io.culvert.ip.IpAddress;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An inside that is this machine's loopback: whatever address is asked for, 127.0.0.1 answers. A
 * port may stand for another, as 53 is not a test's to have. Confined to the loop, but for the maps
 * and counters, which are thread-safe.
 */
public final class LoopbackInside implements Inside {
    /** As which address loopback is seen inside. */
    public static final IpAddress ADDRESS = IpAddress.parse("10.9.0.1");

    private static final IpAddress LOOPBACK = IpAddress.parse("127.0.0.1");

    private final NettyLoop loop;
    private final LoopSockets sockets;
    private final Map<Integer, Integer> ports = new ConcurrentHashMap<>();
    private final Map<Integer, Integer> listeners = new ConcurrentHashMap<>();
    private final AtomicInteger liveFlows = new AtomicInteger();
    private final AtomicInteger liveSockets = new AtomicInteger();

    /** An inside on this loop. */
    public LoopbackInside(NettyLoop loop) {
        this.loop = loop;
        this.sockets = new LoopSockets(loop);
    }

    /** A port inside stands for one of this machine's. */
    public void map(int insidePort, int port) {
        ports.put(insidePort, port);
    }

    /** Where this machine reaches a port that is listened to inside. */
    public int listenerOf(int insidePort) {
        return listeners.getOrDefault(insidePort, 0);
    }

    /** Flows that nobody has let go of. */
    public int liveFlows() {
        return liveFlows.get();
    }

    /** UDP sockets that nobody has closed. */
    public int liveSockets() {
        return liveSockets.get();
    }

    void flowEnded() {
        liveFlows.decrementAndGet();
        Changes.tell();
    }

    private int outside(int insidePort) {
        return ports.getOrDefault(insidePort, insidePort);
    }

    private int inside(int port) {
        return ports.entrySet().stream()
                .filter(entry -> entry.getValue() == port)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(port);
    }

    @Override
    public InsideFlow connect(InsideAddress remote, InsideFlow.Listener listener) {
        liveFlows.incrementAndGet();
        LoopbackFlow flow = new LoopbackFlow(this, loop, remote);
        flow.listen(listener);
        var to = new LocalAddress.Tcp(LOOPBACK, outside(remote.port()));
        sockets.connect(to, flow.handler())
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        flow.onConnectFailed(done.cause());
                    }
                });
        return flow;
    }

    @Override
    public @Nullable Listening listen(@Nullable IpAddress at, int port, Acceptor acceptor) {
        var bound =
                sockets.listen(
                        new LocalAddress.Tcp(LOOPBACK, 0), channel -> accept(channel, acceptor));
        listeners.put(port, ((InetSocketAddress) bound.channel().localAddress()).getPort());
        return () -> {
            var _ = bound.channel().close();
        };
    }

    private void accept(Channel channel, Acceptor acceptor) {
        liveFlows.incrementAndGet();
        var from = (InetSocketAddress) channel.remoteAddress();
        LoopbackFlow flow =
                new LoopbackFlow(this, loop, new InsideAddress(ADDRESS, from.getPort()));
        channel.pipeline().addLast(flow.handler());
        flow.listen(acceptor.onAccepted(flow));
    }

    @Override
    public @Nullable InsideUdp openUdp(InsideUdp.Listener listener) {
        Udp socket = new Udp(listener);
        var bound = sockets.bindUdp(EmbeddedDuplex.at("127.0.0.1", 0), socket);
        socket.channel = bound.channel();
        liveSockets.incrementAndGet();
        return socket;
    }

    @Override
    public @Nullable InsideUdp bindUdp(
            @Nullable IpAddress at, int port, InsideUdp.Listener listener) {
        InsideUdp socket = openUdp(listener);
        if (socket instanceof Udp udp && udp.channel != null) {
            listeners.put(port, ((InetSocketAddress) udp.channel.localAddress()).getPort());
        }
        return socket;
    }

    /** A UDP socket. Confined to the loop. */
    private final class Udp extends SimpleChannelInboundHandler<DatagramPacket>
            implements InsideUdp {
        private final Listener listener;
        private boolean isClosed;
        private @Nullable Channel channel;

        Udp(Listener listener) {
            this.listener = listener;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            byte[] bytes = ByteBufUtil.getBytes(packet.content());
            if (!isClosed) {
                int port = inside(packet.sender().getPort());
                listener.onDatagram(new InsideAddress(ADDRESS, port), bytes, 0, bytes.length);
            }
        }

        @Override
        public void send(InsideAddress to, byte[] array, int offset, int length) {
            Channel bound = channel;
            if (bound != null && !isClosed) {
                var bytes = Unpooled.copiedBuffer(array, offset, length);
                var peer = EmbeddedDuplex.at("127.0.0.1", outside(to.port()));
                var _ = bound.writeAndFlush(new DatagramPacket(bytes, peer));
            }
        }

        @Override
        public void close() {
            if (!isClosed && channel != null) {
                isClosed = true;
                liveSockets.decrementAndGet();
                var _ = channel.close();
                Changes.tell();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable ignored) {
            // nobody listens there
        }
    }
}
