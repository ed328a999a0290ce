package io.culvert.client.proxy.front;

import io.culvert.client.proxy.Garbage;
import io.culvert.client.proxy.front.Door.Speaks;
import io.culvert.client.proxy.http.HttpDoor;
import io.culvert.client.proxy.socks.SocksDoor;
import io.culvert.client.proxy.splice.Clients;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Tells by a client's first byte what it speaks, puts those handlers behind itself and goes. No
 * method of HTTP begins with the byte of a SOCKS version. Confined to the loop.
 */
final class FirstByte extends ByteToMessageDecoder {
    private final Speaks speaks;
    private final SocksDoor socks;
    private final HttpDoor http;
    private final Garbage garbage;

    FirstByte(Speaks speaks, SocksDoor socks, HttpDoor http, Garbage garbage) {
        this.speaks = speaks;
        this.socks = socks;
        this.http = http;
        this.garbage = garbage;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (!in.isReadable()) {
            return;
        }
        int first = in.getUnsignedByte(in.readerIndex());
        boolean isSocks = first == SocksDoor.VERSION_5 || first == SocksDoor.VERSION_4;
        ChannelPipeline pipeline = context.pipeline();
        if (isSocks && speaks.socks()) {
            pipeline.addLast(socks.handler(first));
        } else if (!isSocks && speaks.http()) {
            http.open(pipeline);
        } else {
            garbage.count(isSocks ? Garbage.Kind.BAD_HTTP : Garbage.Kind.BAD_SOCKS);
            in.skipBytes(in.readableBytes());
            Clients.reset(context.channel());
            return;
        }
        pipeline.remove(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable ignored) {
        Clients.reset(context.channel()); // the client's reset
    }
}
