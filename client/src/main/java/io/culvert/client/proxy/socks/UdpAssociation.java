package io.culvert.client.proxy.socks;

import io.culvert.client.proxy.FlowKind;
import io.culvert.client.proxy.Garbage;
import io.culvert.client.proxy.InsideAddress;
import io.culvert.client.proxy.InsideUdp;
import io.culvert.client.proxy.LiveFlow;
import io.culvert.client.proxy.Target;
import io.culvert.client.proxy.open.OpenFailure;
import io.culvert.client.proxy.open.Opener;
import io.culvert.client.proxy.splice.Clients;
import io.culvert.ip.IpAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams of one client (RFC 1928 §7), for as long as its connection stands. A socket of this
 * machine faces the client, at the address at which the client reached us; one inside faces
 * everybody. Only the client's address may send, and from the first datagram on only its port; only
 * remotes that the client has sent something to may answer. Fragments are dropped, as the RFC
 * allows. Confined to the loop.
 *
 * <pre>
 *  RSV(2)  FRAG  ATYP  DST.ADDR…  DST.PORT(2)  DATA…
 * </pre>
 */
final class UdpAssociation extends ChannelInboundHandlerAdapter implements InsideUdp.Listener {
    private static final int HEAD_BYTES = 3;
    private static final int FRAGMENT_AT = 2;
    private static final int MOST_ADDRESS_BYTES = 19;

    /** Datagrams that wait for the address of a name. */
    private static final int MOST_WAITING = 16;

    /** Remotes that may answer; a client that asks more of them has forgotten the oldest. */
    private static final int MOST_ASKED = 4_096;

    private final SocksDoor door;
    private final Channel control;

    /** Whom the client has sent something to, the one it was longest ago first. */
    private final LinkedHashMap<InsideAddress, Boolean> asked =
            new LinkedHashMap<>(16, 0.75f, true);

    /** The port that the client sends from; 0 until it is known. */
    private int clientPort;

    private int waiting;
    private boolean isOver;

    /** Null until start, and where the table was full. */
    private @Nullable LiveFlow live;

    /** The socket inside; null until start. */
    private @Nullable InsideUdp inside;

    /** The socket that faces the client; null until it is bound. */
    private @Nullable Channel outside;

    UdpAssociation(SocksDoor door, Channel control, int clientPort) {
        this.door = door;
        this.control = control;
        this.clientPort = clientPort;
    }

    void start() {
        if (!(control.localAddress() instanceof InetSocketAddress local)) {
            refuse(Socks5Reply.BAD_COMMAND); // over a Unix socket there is no client's address
            return;
        }
        LiveFlow.Ends ends = new LiveFlow.Ends(Clients.name(control), "*");
        live = door.switchboard().table().open(FlowKind.SOCKS5_UDP, ends, this::end);
        inside = live == null ? null : door.switchboard().opener().inside().openUdp(this);
        if (inside == null) {
            door.switchboard().garbage().count(Garbage.Kind.TOO_MANY);
            refuse(Socks5Reply.GENERAL_FAILURE);
            return;
        }
        InetSocketAddress any = new InetSocketAddress(local.getAddress(), 0);
        ChannelFuture bound = door.sockets().bindUdp(any, new Outside());
        outside = bound.channel();
        bound.addListener(done -> onBound(bound.channel(), done.isSuccess()));
    }

    private void onBound(Channel channel, boolean isBound) {
        if (isOver) {
            var _ = channel.close();
        } else if (isBound && channel.localAddress() instanceof InetSocketAddress at) {
            IpAddress ip = IpAddress.of(at.getAddress());
            InsideAddress address = new InsideAddress(ip, at.getPort());
            var _ = control.writeAndFlush(Socks5Reply.of(Socks5Reply.SUCCEEDED, address));
            control.config().setAutoRead(true); // its end is the association's
        } else {
            refuse(Socks5Reply.GENERAL_FAILURE);
        }
    }

    private void refuse(int code) {
        control.writeAndFlush(Socks5Reply.of(code)).addListener(_ -> end());
    }

    private void end() {
        if (isOver) {
            return;
        }
        isOver = true;
        if (live != null) {
            live.close();
        }
        if (inside != null) {
            inside.close();
        }
        if (outside != null) {
            var _ = outside.close();
        }
        var _ = control.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ReferenceCountUtil.release(message); // nothing is to be said there any more
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            end();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable ignored) {
        end(); // the client's reset
    }

    /** From inside, with a header that names the sender. */
    @Override
    public void onDatagram(InsideAddress from, byte[] array, int offset, int length) {
        Channel channel = outside;
        if (asked.get(from) == null) {
            door.switchboard().garbage().count(Garbage.Kind.UNASKED_SOURCE);
            return;
        }
        if (channel == null || clientPort == 0 || !channel.isWritable()) {
            door.switchboard().garbage().count(Garbage.Kind.NO_ROOM);
            return;
        }
        ByteBuf out = channel.alloc().directBuffer(HEAD_BYTES + MOST_ADDRESS_BYTES + length);
        out.writeZero(HEAD_BYTES);
        SocksAddress.write(out, from);
        out.writeBytes(array, offset, length);
        InetSocketAddress client = new InetSocketAddress(clientAddress(), clientPort);
        var _ = channel.writeAndFlush(new DatagramPacket(out, client), channel.voidPromise());
        if (live != null) {
            live.received(length);
        }
    }

    @Override
    public void onUnreachable(InsideAddress to) {} // SOCKS has no word for it

    private @Nullable InetAddress clientAddress() {
        return control.remoteAddress() instanceof InetSocketAddress at ? at.getAddress() : null;
    }

    /** The client's side. Confined to the loop. */
    private final class Outside extends SimpleChannelInboundHandler<DatagramPacket> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            InetSocketAddress sender = packet.sender();
            boolean isClient =
                    sender.getAddress().equals(clientAddress())
                            && (clientPort == 0 || clientPort == sender.getPort());
            if (!isClient) {
                door.switchboard().garbage().count(Garbage.Kind.STRANGE_SOURCE);
            } else if (!receive(packet.content(), sender.getPort())) {
                door.switchboard().garbage().count(Garbage.Kind.BAD_SOCKS_DATAGRAM);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable ignored) {
            // the client does not listen at the moment (ICMP)
        }
    }

    /** Whether it was a datagram for somebody. */
    private boolean receive(ByteBuf in, int fromPort) {
        int at = in.readerIndex();
        if (in.readableBytes() <= HEAD_BYTES || in.getByte(at + FRAGMENT_AT) != 0) {
            return false;
        }
        int length = SocksAddress.length(in, at + HEAD_BYTES);
        boolean isKnown = SocksAddress.isKnown(in.getUnsignedByte(at + HEAD_BYTES));
        if (!isKnown || length == 0 || in.readableBytes() < HEAD_BYTES + length) {
            return false;
        }
        in.skipBytes(HEAD_BYTES);
        Target target = SocksAddress.read(in).target();
        if (target == null) {
            return false;
        }
        clientPort = fromPort;
        send(target, ByteBufUtil.getBytes(in));
        return true;
    }

    private void send(Target target, byte[] bytes) {
        if (live != null) {
            live.sent(bytes.length);
        }
        if (waiting >= MOST_WAITING) {
            door.switchboard().garbage().count(Garbage.Kind.NO_ROOM);
            return;
        }
        waiting++;
        var _ =
                door.switchboard()
                        .opener()
                        .find(
                                target,
                                new Opener.AddressWaiter() {
                                    @Override
                                    public void onAddress(IpAddress address) {
                                        waiting--;
                                        pass(new InsideAddress(address, target.port()), bytes);
                                    }

                                    @Override
                                    public void onNoAddress(OpenFailure failure) {
                                        waiting--;
                                    }
                                });
    }

    private void pass(InsideAddress to, byte[] bytes) {
        if (inside != null && !isOver) {
            asked.put(to, true);
            if (asked.size() > MOST_ASKED) {
                asked.pollFirstEntry();
            }
            inside.send(to, bytes, 0, bytes.length);
        }
    }
}
