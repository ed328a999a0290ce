package io.culvert.client.proxy.splice;

import io.culvert.client.proxy.LiveFlow;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** What all doors do with a client's channel. Stateless, thread-safe. */
public final class Clients {
    private static final String LOCAL = "local";

    private Clients() {}

    /** The client's address as text; those of Unix sockets have none. */
    public static String name(Channel channel) {
        return name(channel.remoteAddress());
    }

    /** An address as text, without a host's name. */
    public static String name(SocketAddress address) {
        if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
            String ip = inet.getAddress().getHostAddress();
            return (ip.contains(":") ? "[" + ip + "]" : ip) + ":" + inet.getPort();
        }
        return LOCAL;
    }

    /** The client has said what it wants in time. */
    public static void hasAsked(ChannelPipeline pipeline) {
        if (pipeline.get(AskDeadline.class) != null) {
            pipeline.remove(AskDeadline.class);
        }
    }

    /** Ends a client's connection at once: it gets a reset, not an end that looks orderly. */
    public static void reset(Channel channel) {
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            var _ = channel.close();
        }
    }

    /** Says the last word to a client and hears no more of it. */
    public static void refuse(ChannelHandlerContext context, ByteBuf lastWord) {
        context.pipeline().addLast(new Deaf());
        context.pipeline().remove(context.handler());
        context.channel().writeAndFlush(lastWord).addListener(ChannelFutureListener.CLOSE);
    }

    /** Drops what still comes. Confined to the loop. */
    private static final class Deaf extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable ignored) {
            var _ = context.close(); // it is closing anyway
        }
    }

    /** The ends of a flow from a client's channel. */
    public static LiveFlow.Ends ends(Channel channel, Object target) {
        return new LiveFlow.Ends(name(channel), target.toString());
    }
}
