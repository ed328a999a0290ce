package io.culvert.client.proxy.splice;

import io.culvert.client.proxy.open.OpenFailure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** How a client's protocol says that the flow stands, or why not. Stateless, thread-safe. */
public interface Replies {
    /** Says nothing: the client only sees its connection end. */
    Replies SILENT =
            new Replies() {
                @Override
                public ByteBuf connected() {
                    return Unpooled.EMPTY_BUFFER;
                }

                @Override
                public ByteBuf refused(OpenFailure failure) {
                    return Unpooled.EMPTY_BUFFER;
                }
            };

    /** What the client gets before the first byte of the flow. */
    ByteBuf connected();

    /** What the client gets before its connection ends. */
    ByteBuf refused(OpenFailure failure);

    /**
     * What the client gets behind the last byte of a flow that ended in order: nothing, or what an
     * encoder in its pipeline knows.
     */
    default Object ended() {
        return Unpooled.EMPTY_BUFFER;
    }
}
