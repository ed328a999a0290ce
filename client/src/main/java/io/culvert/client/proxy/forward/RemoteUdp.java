package io.culvert.client.proxy.forward;

import io.culvert.client.proxy.FlowKind;
import io.culvert.client.proxy.Garbage;
import io.culvert.client.proxy.Inside;
import io.culvert.client.proxy.InsideAddress;
import io.culvert.client.proxy.InsideUdp;
import io.culvert.client.proxy.LiveFlow;
import io.culvert.client.proxy.splice.LocalAddress;
import io.culvert.client.proxy.splice.LocalSockets;
import io.culvert.client.proxy.splice.Switchboard;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams that come to a port inside, to a program of this machine: each source has a local
 * socket, until nothing went either way for the idle limit. Confined to the loop.
 */
final class RemoteUdp implements InsideUdp.Listener {
    private final Switchboard switchboard;
    private final LocalSockets sockets;
    private final LocalAddress to;
    private final Map<InsideAddress, Flow> flows = new HashMap<>();

    /** The socket inside; null before start, and where there was no room. */
    private @Nullable InsideUdp inside;

    RemoteUdp(Switchboard switchboard, LocalSockets sockets, LocalAddress to) {
        this.switchboard = switchboard;
        this.sockets = sockets;
        this.to = to;
    }

    /** Whether the port could be had. */
    boolean start(Inside stack, Forward.Remote remote) {
        inside = stack.bindUdp(remote.at(), remote.port(), this);
        return inside != null;
    }

    void close() {
        List.copyOf(flows.values()).forEach(Flow::end);
        if (inside != null) {
            inside.close();
        }
    }

    @Override
    public void onDatagram(InsideAddress from, byte[] array, int offset, int length) {
        Flow flow = flows.get(from);
        if (flow == null) {
            flow = open(from);
        }
        if (flow == null) {
            switchboard.garbage().count(Garbage.Kind.TOO_MANY);
        } else {
            flow.send(array, offset, length);
        }
    }

    private @Nullable Flow open(InsideAddress source) {
        if (!(to instanceof LocalAddress.Tcp address)) {
            throw new IllegalStateException(to + " carries no datagrams");
        }
        Flow flow = new Flow(source);
        return flow.start(address.socketAddress()) ? flow : null;
    }

    @Override
    public void onUnreachable(InsideAddress from) {
        Flow flow = flows.get(from);
        if (flow != null) {
            flow.end();
        }
    }

    /** One source's datagrams. Confined to the loop. */
    private final class Flow extends SimpleChannelInboundHandler<DatagramPacket> {
        private final InsideAddress source;

        /** Null before start, and where the table was full. */
        private @Nullable LiveFlow live;

        /** Null before start. */
        private @Nullable Channel local;

        Flow(InsideAddress source) {
            this.source = source;
        }

        boolean start(InetSocketAddress program) {
            LiveFlow.Ends ends = new LiveFlow.Ends(source.toString(), to.toString());
            live = switchboard.table().open(FlowKind.REMOTE_UDP_FORWARD, ends, this::end);
            if (live == null) {
                return false;
            }
            flows.put(source, this); // it may fail at once
            ChannelFuture connected = sockets.connectUdp(program, this);
            local = connected.channel();
            connected.addListener(done -> {
                if (!done.isSuccess()) {
                    end();
                }
            });
            return flows.containsKey(source);
        }

        void send(byte[] array, int offset, int length) {
            Channel channel = local;
            if (channel == null || !channel.isWritable()) {
                switchboard.garbage().count(Garbage.Kind.NO_ROOM);
                return;
            }
            if (live != null) {
                live.sent(length);
            }
            ByteBuf bytes = channel.alloc().directBuffer(length).writeBytes(array, offset, length);
            var _ = channel.writeAndFlush(bytes);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            byte[] bytes = ByteBufUtil.getBytes(packet.content());
            if (live != null) {
                live.received(bytes.length);
            }
            if (inside != null) {
                inside.send(source, bytes, 0, bytes.length);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable ignored) {
            // the program does not listen at the moment (ICMP); the source's timeout tells it
        }

        void end() {
            flows.remove(source, this);
            if (live != null) {
                live.close();
            }
            if (local != null) {
                var _ = local.close();
            }
        }
    }
}
