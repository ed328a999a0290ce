package io.culvert.client.proxy.attach;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/**
 * What goes to the other process, in frames: a length of four bytes, then as many bytes. Length 0
 * says that the target has ended in order; a stream that just stops was cut. Confined to the loop.
 */
final class AttachFrames extends ChannelOutboundHandlerAdapter {
    private static final int HEAD_BYTES = 4;

    /** Written behind the last byte of a target. */
    enum End {
        /** In order. */
        ORDERLY
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof End) {
            var _ = context.write(context.alloc().buffer(HEAD_BYTES).writeInt(0), promise);
            return;
        }
        if (message instanceof ByteBuf bytes && bytes.isReadable()) {
            ByteBuf head = context.alloc().buffer(HEAD_BYTES).writeInt(bytes.readableBytes());
            var _ = context.write(head, context.voidPromise());
        }
        var _ = context.write(message, promise);
    }
}
