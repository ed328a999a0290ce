package io.culvert.client.dial;

import io.culvert.carrier.ByteStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.util.concurrent.TimeUnit;

/**
 * A Netty channel as the carrier's byte stream. Each write becomes buffers of at most one TLS
 * record, which BoringSSL takes without another copy; they go out together when the loop has done
 * what it is at. Confined to the loop.
 */
final class NettyByteStream implements ByteStream {
    private static final long CLOSE_PATIENCE_MS = 500;

    private final Channel channel;
    private final int chunkBytes;
    private final boolean isDirect;
    private final String congestionControl;
    private final Runnable flushTask = this::flush;
    private boolean isFlushDue;
    private boolean isClosing;

    NettyByteStream(Channel channel, DialPlan plan) {
        this.channel = channel;
        this.chunkBytes = plan.chunkBytes();
        this.isDirect = plan.wantsDirectBuffers();
        this.congestionControl = Sockets.congestionControl(channel);
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable() && !isClosing;
    }

    @Override
    public void write(byte[] array, int offset, int length) {
        if (isClosing || !channel.isActive()) {
            return;
        }
        int end = offset + length;
        for (int at = offset; at < end; at += chunkBytes) {
            int chunk = Math.min(chunkBytes, end - at);
            ByteBuf buffer =
                    isDirect
                            ? channel.alloc().directBuffer(chunk)
                            : channel.alloc().heapBuffer(chunk);
            var _ = channel.write(buffer.writeBytes(array, at, chunk), channel.voidPromise());
        }
        if (!isFlushDue) {
            isFlushDue = true;
            channel.eventLoop().execute(flushTask);
        }
    }

    @Override
    public String congestionControl() {
        return congestionControl;
    }

    private void flush() {
        isFlushDue = false;
        channel.flush();
    }

    @Override
    public void close() {
        if (isClosing) {
            return;
        }
        isClosing = true;
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> closeNow());
        // A peer that reads no more must not hold up the close.
        var _ =
                channel.eventLoop()
                        .schedule(this::closeNow, CLOSE_PATIENCE_MS, TimeUnit.MILLISECONDS);
    }

    private void closeNow() {
        var _ = channel.close();
    }
}
