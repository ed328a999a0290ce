package io.culvert.client.dial;

import io.culvert.carrier.WebSocketCarrier.Protocol;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.charset.StandardCharsets;

/**
 * Sends the upgrade as soon as the stream below stands, and reads the answer's head, at most
 * {@value #HEAD_LIMIT_BYTES} bytes of it. Confined to the loop.
 */
final class UpgradeHandler extends ChannelInboundHandlerAdapter {
    /** The longest head that is read. */
    static final int HEAD_LIMIT_BYTES = 8_192;

    private static final String HEAD_END = "\r\n\r\n";

    /** What the attempt is told. One of the last two is told, once. */
    interface Outcome {
        /** TCP stands. */
        void onConnected();

        /** The WebSocket stands; {@code rest} is what came after the head, borrowed. */
        void onUpgraded(Protocol protocol, ByteBuf rest);

        /** It does not. */
        void onFailed(Throwable cause);
    }

    private final String request;
    private final Upgrade upgrade;
    private final boolean isSecure;
    private final Outcome outcome;
    private final byte[] head = new byte[HEAD_LIMIT_BYTES];
    private int headLength;
    private boolean isDone;

    UpgradeHandler(String request, Upgrade upgrade, boolean isSecure, Outcome outcome) {
        this.request = request;
        this.upgrade = upgrade;
        this.isSecure = isSecure;
        this.outcome = outcome;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        outcome.onConnected();
        if (!isSecure) {
            send(context);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                send(context);
            } else {
                fail(handshake.cause());
            }
        }
    }

    private void send(ChannelHandlerContext context) {
        ByteBuf bytes = context.alloc().directBuffer(request.length());
        bytes.writeCharSequence(request, StandardCharsets.ISO_8859_1);
        var _ = context.writeAndFlush(bytes, context.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            if (!isDone) {
                gather(bytes);
            }
        } finally {
            bytes.release();
        }
    }

    private void gather(ByteBuf bytes) {
        int before = headLength;
        int taken = Math.min(bytes.readableBytes(), HEAD_LIMIT_BYTES - before);
        bytes.getBytes(bytes.readerIndex(), head, before, taken);
        headLength += taken;
        String text = new String(head, 0, headLength, StandardCharsets.ISO_8859_1);
        int end = text.indexOf(HEAD_END);
        if (end >= 0) {
            bytes.skipBytes(end + HEAD_END.length() - before);
            judge(text.substring(0, end), bytes);
        } else if (headLength == HEAD_LIMIT_BYTES) {
            fail(
                    new DialFailure(
                            DialFailure.Stage.UPGRADE,
                            "the gateway's answer has more than "
                                    + HEAD_LIMIT_BYTES
                                    + " bytes of headers: is the URL right?"));
        }
    }

    private void judge(String text, ByteBuf rest) {
        Protocol protocol;
        try {
            protocol = upgrade.accept(text);
        } catch (DialFailure e) {
            fail(e);
            return;
        }
        isDone = true;
        outcome.onUpgraded(protocol, rest);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(
                new DialFailure(
                        DialFailure.Stage.CONNECT,
                        "the connection was closed before the upgrade was answered: is the URL"
                                + " right, and does what stands between pass WebSockets on?"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(cause);
    }

    private void fail(Throwable cause) {
        if (!isDone) {
            isDone = true;
            outcome.onFailed(cause);
        }
    }
}
