package io.culvert.client.testkit;

import io.culvert.client.proxy.splice.LocalAddress;
import io.culvert.client.proxy.splice.LocalSockets;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Local sockets that are embedded channels, for the test to play. Confined to its thread. */
public final class NoSockets implements LocalSockets {
    private final List<EmbeddedDuplex> opened = new ArrayList<>();

    /** The channel that was opened last. */
    public EmbeddedDuplex last() {
        return opened.getLast();
    }

    @Override
    public ChannelFuture listen(LocalAddress at, Consumer<Channel> onAccepted) {
        return open();
    }

    @Override
    public ChannelFuture connect(LocalAddress to, ChannelHandler handler) {
        return open(handler);
    }

    @Override
    public ChannelFuture bindUdp(InetSocketAddress at, ChannelHandler handler) {
        return open(handler);
    }

    @Override
    public ChannelFuture connectUdp(InetSocketAddress to, ChannelHandler handler) {
        return open(handler);
    }

    private ChannelFuture open(ChannelHandler... handlers) {
        EmbeddedDuplex channel = new EmbeddedDuplex(handlers);
        opened.add(channel);
        return channel.newSucceededFuture();
    }
}
