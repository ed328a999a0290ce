package io.culvert.client.proxy.http;

import io.culvert.client.proxy.FlowKind;
import io.culvert.client.proxy.Target;
import io.culvert.client.proxy.splice.Clients;
import io.culvert.client.proxy.splice.Splice;
import io.culvert.client.proxy.splice.Switchboard;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpRequestDecoder;

/**
 * Takes HTTP off a client's channel and puts a splice in its place. What the decoder still holds
 * reaches the splice, so the decoder goes last. Confined to the loop.
 */
record HttpExit(Switchboard switchboard, HttpRequestDecoder decoder, ReplyEncoder encoder) {
    /** For CONNECT, when its request has been read to its end. */
    void tunnel(ChannelHandlerContext context, Target target) {
        ChannelPipeline pipeline = context.pipeline();
        pipeline.remove(encoder); // what is told from here on is bytes
        String source = Clients.name(context.channel());
        Switchboard.Call call = new Switchboard.Call(FlowKind.HTTP_CONNECT, source, target);
        switchboard.join(context.channel(), call, new HttpReply());
        pipeline.remove(context.handler());
        pipeline.remove(decoder);
    }

    /** For an upgrade, when its response has been written. */
    void upgrade(ChannelHandlerContext context, Origin origin, Target target) {
        ChannelPipeline pipeline = context.pipeline();
        context.flush();
        pipeline.remove(encoder);
        var _ = pipeline.writeAndFlush(origin.takeRest());
        Splice splice = switchboard.splice();
        pipeline.addLast(splice);
        pipeline.remove(context.handler());
        pipeline.remove(decoder);
        origin.handOver(splice);
        if (!splice.enter(
                switchboard.table(), FlowKind.HTTP, Clients.ends(context.channel(), target))) {
            splice.abort();
        }
    }
}
