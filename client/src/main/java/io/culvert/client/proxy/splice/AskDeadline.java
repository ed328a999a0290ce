package io.culvert.client.proxy.splice;

import io.culvert.client.proxy.Garbage;
import io.culvert.loop.EventLoop;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/**
 * The first handler of a client's channel until the client has said what it wants: one that takes
 * too long, or ends before, is closed. Confined to the loop.
 */
public final class AskDeadline extends ChannelInboundHandlerAdapter {
    private final Garbage garbage;
    private final long limitNs;
    private final EventLoop loop;
    private EventLoop.Timer timer;

    /** A deadline that begins when the handler is added. */
    public AskDeadline(EventLoop loop, long limitNs, Garbage garbage) {
        this.loop = loop;
        this.limitNs = limitNs;
        this.garbage = garbage;
        this.timer = loop.timer(() -> {});
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        timer = loop.timer(() -> onLate(context));
        timer.arm(limitNs);
        context.read();
    }

    private void onLate(ChannelHandlerContext context) {
        garbage.count(Garbage.Kind.SLOW_CLIENT);
        var _ = context.close();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        context.fireUserEventTriggered(event);
        if (event instanceof ChannelInputShutdownEvent && !context.isRemoved()) {
            var _ = context.close();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        timer.cancel();
    }
}
