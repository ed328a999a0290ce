package io.culvert.client.testkit;

import io.culvert.ip.IpAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * A local client's channel without a socket, whose halves end alone; it comes from 127.0.0.1:40000.
 * Confined to the test's thread.
 */
public final class EmbeddedDuplex extends EmbeddedChannel implements DuplexChannel {
    private boolean isInputShut;
    private boolean isOutputShut;
    private int reads;

    /** A channel with these handlers, which reads when asked to. */
    public EmbeddedDuplex(ChannelHandler... handlers) {
        super(handlers);
        config().setAutoRead(false);
    }

    /** A socket's address; the text is an address, and nothing is asked for it. */
    public static InetSocketAddress at(String ip, int port) {
        return new InetSocketAddress(IpAddress.parse(ip).toInetAddress(), port);
    }

    /** The client sends these bytes, hex digits with blanks between. */
    public void clientSendsHex(String hex) {
        writeInbound(Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", ""))));
        runPendingTasks();
    }

    /** The client sends text. */
    public void clientSends(String text) {
        writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
        runPendingTasks();
    }

    /** The client sends no more. */
    public void clientEnds() {
        isInputShut = true;
        pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        runPendingTasks();
    }

    /** The client's connection is gone. */
    public void clientLeaves() {
        var _ = close();
        runPendingTasks();
    }

    /** What the client got since the last call, as hex digits. */
    public String clientGetsHex() {
        return HexFormat.of().formatHex(clientGetsBytes());
    }

    /** What the client got since the last call, as text. */
    public String clientGets() {
        return new String(clientGetsBytes(), StandardCharsets.ISO_8859_1);
    }

    private byte[] clientGetsBytes() {
        runPendingTasks();
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf part = readOutbound(); part != null; part = readOutbound()) {
            all.writeBytes(part);
            part.release();
        }
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }

    /** How often more was asked for. */
    public int reads() {
        return reads;
    }

    @Override
    protected void doBeginRead() throws Exception {
        reads++;
        super.doBeginRead();
    }

    @Override
    protected SocketAddress localAddress0() {
        return at("127.0.0.1", 1080);
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return at("127.0.0.1", 40_000);
    }

    @Override
    public boolean isInputShutdown() {
        return isInputShut;
    }

    @Override
    public ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        isInputShut = true;
        return promise.setSuccess();
    }

    @Override
    public boolean isOutputShutdown() {
        return isOutputShut;
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        isOutputShut = true;
        return promise.setSuccess();
    }

    @Override
    public boolean isShutdown() {
        return isInputShut && isOutputShut;
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        isInputShut = true;
        isOutputShut = true;
        return promise.setSuccess();
    }
}
