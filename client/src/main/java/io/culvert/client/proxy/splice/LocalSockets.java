package io.culvert.client.proxy.splice;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/**
 * The port to this machine's sockets. Channels are on the loop, read only when asked to, and give
 * each half of a connection alone. Called on the loop; a future's failure names the cause.
 */
public interface LocalSockets {
    /**
     * Accepts connections.
     *
     * @param onAccepted given each, which is active already, to fill its pipeline
     * @return the bound channel; closing it ends the accepting
     */
    ChannelFuture listen(LocalAddress at, Consumer<Channel> onAccepted);

    /** Connects to a local server; the handler is in place before. */
    ChannelFuture connect(LocalAddress to, ChannelHandler handler);

    /** A UDP socket, bound. */
    ChannelFuture bindUdp(InetSocketAddress at, ChannelHandler handler);

    /** A UDP socket that exchanges datagrams with one other only. */
    ChannelFuture connectUdp(InetSocketAddress to, ChannelHandler handler);
}
