package io.culvert.client.proxy.forward;

import io.culvert.client.proxy.FlowKind;
import io.culvert.client.proxy.Garbage;
import io.culvert.client.proxy.InsideAddress;
import io.culvert.client.proxy.InsideUdp;
import io.culvert.client.proxy.LiveFlow;
import io.culvert.client.proxy.Target;
import io.culvert.client.proxy.open.OpenFailure;
import io.culvert.client.proxy.open.Opener;
import io.culvert.client.proxy.splice.Clients;
import io.culvert.client.proxy.splice.Switchboard;
import io.culvert.ip.IpAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams of this machine's programs, into the tunnel: each source has a socket inside, until
 * nothing went either way for the idle limit. Confined to the loop.
 */
final class LocalUdp extends SimpleChannelInboundHandler<DatagramPacket> {
    /** Datagrams of a flow that wait for the target's address. */
    private static final int MOST_WAITING = 8;

    private final Switchboard switchboard;
    private final Target target;
    private final Map<InetSocketAddress, Flow> flows = new HashMap<>();

    LocalUdp(Switchboard switchboard, Target target) {
        this.switchboard = switchboard;
        this.target = target;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
        Flow flow = flows.get(packet.sender());
        if (flow == null) {
            flow = open(context.channel(), packet.sender());
        }
        if (flow == null) {
            switchboard.garbage().count(Garbage.Kind.TOO_MANY);
        } else {
            flow.send(ByteBufUtil.getBytes(packet.content()));
        }
    }

    private @Nullable Flow open(Channel channel, InetSocketAddress source) {
        Flow flow = new Flow(channel, source);
        if (!flow.start()) {
            return null;
        }
        flows.put(source, flow);
        flow.find();
        return flow;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        List.copyOf(flows.values()).forEach(Flow::end);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable ignored) {
        // a source that has gone (ICMP), which is nothing to the others
    }

    /** One source's datagrams. Confined to the loop. */
    private final class Flow implements InsideUdp.Listener, Opener.AddressWaiter {
        private final Channel channel;
        private final InetSocketAddress source;
        private final Queue<byte[]> waiting = new ArrayDeque<>();
        private boolean isOver;

        /** Null before start, and where the table was full. */
        private @Nullable LiveFlow live;

        /** Null before start, and where there was no room. */
        private @Nullable InsideUdp inside;

        /** Null until the target's address is known. */
        private @Nullable InsideAddress remote;

        Flow(Channel channel, InetSocketAddress source) {
            this.channel = channel;
            this.source = source;
        }

        boolean start() {
            var ends = new LiveFlow.Ends(Clients.name(source), target.toString());
            live = switchboard.table().open(FlowKind.LOCAL_UDP_FORWARD, ends, this::end);
            if (live == null) {
                return false;
            }
            inside = switchboard.opener().inside().openUdp(this);
            if (inside == null) {
                live.close();
            }
            return inside != null;
        }

        void find() {
            var _ = switchboard.opener().find(target, this);
        }

        void send(byte[] bytes) {
            InsideAddress to = remote;
            if (to != null) {
                pass(to, bytes);
            } else if (waiting.size() < MOST_WAITING) {
                waiting.add(bytes);
            } else {
                switchboard.garbage().count(Garbage.Kind.NO_ROOM);
            }
        }

        private void pass(InsideAddress to, byte[] bytes) {
            if (inside != null && live != null) {
                live.sent(bytes.length);
                inside.send(to, bytes, 0, bytes.length);
            }
        }

        @Override
        public void onAddress(IpAddress address) {
            if (isOver) {
                return;
            }
            InsideAddress to = new InsideAddress(address, target.port());
            remote = to;
            waiting.forEach(bytes -> pass(to, bytes));
            waiting.clear();
        }

        /** The source's next datagram asks again. */
        @Override
        public void onNoAddress(OpenFailure failure) {
            end();
        }

        @Override
        public void onDatagram(InsideAddress from, byte[] array, int offset, int length) {
            if (!from.equals(remote)) {
                switchboard.garbage().count(Garbage.Kind.STRANGE_SOURCE);
                return;
            }
            if (!channel.isWritable()) {
                switchboard.garbage().count(Garbage.Kind.NO_ROOM);
                return;
            }
            if (live != null) {
                live.received(length);
            }
            ByteBuf bytes = channel.alloc().directBuffer(length).writeBytes(array, offset, length);
            var _ = channel.writeAndFlush(new DatagramPacket(bytes, source), channel.voidPromise());
        }

        @Override
        public void onUnreachable(InsideAddress to) {} // the program's own timeout tells it

        void end() {
            isOver = true;
            flows.remove(source, this);
            if (inside != null) {
                inside.close();
            }
            if (live != null) {
                live.close();
            }
        }
    }
}
