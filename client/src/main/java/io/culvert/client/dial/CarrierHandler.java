package io.culvert.client.dial;

import io.culvert.carrier.WebSocketCarrier;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.CodecException;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of the pipeline after the upgrade: gathers what one turn of the loop read and gives it to
 * the carrier in one array, and tells it of writability and the end. Confined to the loop.
 */
final class CarrierHandler extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(CarrierHandler.class);

    /** Four TLS records: what is decrypted, opened and written to the TUN while it is in cache. */
    private static final int GATHER_BYTES = 65_536;

    private final WebSocketCarrier carrier;
    private final LongSupplier nowNs;
    private final byte[] gathered = new byte[GATHER_BYTES];
    private int length;

    CarrierHandler(WebSocketCarrier carrier, LongSupplier nowNs) {
        this.carrier = carrier;
        this.nowNs = nowNs;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            gather(bytes);
        } finally {
            bytes.release();
        }
    }

    private void gather(ByteBuf bytes) {
        while (bytes.isReadable()) {
            int taken = Math.min(bytes.readableBytes(), GATHER_BYTES - length);
            bytes.readBytes(gathered, length, taken);
            length += taken;
            if (length == GATHER_BYTES) {
                deliver();
            }
        }
    }

    /** Takes what followed the upgrade's answer; the buffer stays the caller's. */
    void receiveRest(ByteBuf rest) {
        gather(rest);
        deliver();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        deliver();
    }

    private void deliver() {
        int ready = length;
        length = 0;
        if (ready > 0) {
            carrier.receive(gathered, 0, ready, nowNs.getAsLong());
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            carrier.onWritable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        deliver();
        carrier.onStreamClosed();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException || cause instanceof CodecException) {
            log.debug("the connection failed", cause);
        } else {
            log.error("a fault while the connection was read", cause);
        }
        var _ = context.close();
    }
}
