package io.culvert.client.proxy.attach;

import io.culvert.client.proxy.open.OpenFailure;
import io.culvert.client.proxy.splice.Replies;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** What the other process is told before the bytes of a target. Stateless, thread-safe. */
final class AttachReplies implements Replies {
    static final String OK = "ok";
    static final String FAILED = "failed ";

    @Override
    public ByteBuf connected() {
        return text(OK);
    }

    @Override
    public ByteBuf refused(OpenFailure failure) {
        return text(FAILED + failure.sentence());
    }

    @Override
    public Object ended() {
        return AttachFrames.End.ORDERLY;
    }

    static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }
}
