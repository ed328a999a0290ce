package io.culvert.client.proxy.dns;

import io.culvert.loop.EventLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.util.concurrent.TimeUnit;

/** Where local programs ask: the handlers that stand before a {@link DnsRelay}. */
public final class DnsDoor {
    private static final int LENGTH_BYTES = 2;

    /** Queries of one connection that wait for their responses; then no more are read. */
    private static final int MOST_WAITING = 16;

    /** RFC 7766 §6.2.3: a few seconds; a stub that keeps one open for its next query likes more. */
    private static final long IDLE_NS = TimeUnit.SECONDS.toNanos(30);

    private final DnsRelay relay;
    private final EventLoop loop;

    /** A door to this relay. */
    public DnsDoor(DnsRelay relay, EventLoop loop) {
        this.relay = relay;
        this.loop = loop;
    }

    /** The handler of a UDP socket. */
    public ChannelHandler datagrams() {
        return new Datagrams();
    }

    /** Puts the handlers of a TCP connection in place. */
    public void open(Channel connection) {
        var frames =
                new LengthFieldBasedFrameDecoder(
                        DnsLayout.MOST_BYTES + LENGTH_BYTES, 0, LENGTH_BYTES, 0, LENGTH_BYTES);
        connection.pipeline().addLast(frames, new Connection());
    }

    /** Queries in datagrams. Confined to the loop. */
    private final class Datagrams extends SimpleChannelInboundHandler<DatagramPacket> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            byte[] query = ByteBufUtil.getBytes(packet.content());
            var asker = packet.sender();
            relay.answer(
                    query,
                    false,
                    response -> {
                        if (context.channel().isWritable()) { // else it is lost, as datagrams are
                            var datagram =
                                    new DatagramPacket(Unpooled.wrappedBuffer(response), asker);
                            var _ = context.writeAndFlush(datagram, context.voidPromise());
                        }
                    });
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable ignored) {
            // an asker who has gone (ICMP), which is nothing to the others
        }
    }

    /** Queries over one connection. Confined to the loop. */
    private final class Connection extends SimpleChannelInboundHandler<ByteBuf> {
        private EventLoop.Timer idle = loop.timer(() -> {});
        private int waiting;
        private boolean hasInputEnded;

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            idle = loop.timer(() -> end(context));
            idle.arm(IDLE_NS);
            pace(context);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
            idle.arm(IDLE_NS);
            byte[] query = ByteBufUtil.getBytes(message);
            if (!DnsLayout.isQuery(query)) {
                var _ = context.close(); // what follows has no known place either
            }
            waiting++;
            pace(context);
            relay.answer(query, true, response -> reply(context, response));
        }

        private void reply(ChannelHandlerContext context, byte[] response) {
            waiting--;
            ByteBuf length = context.alloc().buffer(LENGTH_BYTES).writeShort(response.length);
            var _ = context.write(length, context.voidPromise());
            var _ = context.writeAndFlush(Unpooled.wrappedBuffer(response), context.voidPromise());
            pace(context);
        }

        private void pace(ChannelHandlerContext context) {
            if (hasInputEnded) {
                if (waiting == 0) {
                    context.writeAndFlush(Unpooled.EMPTY_BUFFER)
                            .addListener(ChannelFutureListener.CLOSE);
                }
                return;
            }
            boolean wants = waiting < MOST_WAITING && context.channel().isWritable();
            context.channel().config().setAutoRead(wants);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                hasInputEnded = true;
                pace(context);
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            pace(context);
        }

        private void end(ChannelHandlerContext context) {
            var _ = context.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            idle.cancel();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable ignored) {
            end(context); // reset by the asker, or a message too long
        }
    }
}
