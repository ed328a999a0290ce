package io.culvert.client.proxy.socks;

import io.culvert.client.proxy.Credentials;
import io.culvert.client.proxy.FlowKind;
import io.culvert.client.proxy.Garbage;
import io.culvert.client.proxy.Target;
import io.culvert.client.proxy.splice.Clients;
import io.culvert.client.proxy.splice.Switchboard.Call;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * The messages of a client of version 5, one after the other. Confined to the loop.
 *
 * <pre>
 *  greeting  VER=5  NMETHODS  METHODS…
 *  login     VER=1  ULEN  UNAME…  PLEN  PASSWD…              (RFC 1929)
 *  request   VER=5  CMD  RSV  ATYP  DST.ADDR…  DST.PORT(2)
 * </pre>
 */
final class Socks5Decoder extends ByteToMessageDecoder {
    private static final int LOGIN_VERSION = 1;
    private static final byte METHOD_NONE = 0;
    private static final byte METHOD_PASSWORD = 2;
    private static final byte METHOD_UNACCEPTABLE = (byte) 0xff;
    private static final int COMMAND_CONNECT = 1;
    private static final int COMMAND_UDP = 3;
    private static final int REQUEST_HEAD_BYTES = 3;

    private enum Expected {
        GREETING,
        LOGIN,
        REQUEST
    }

    private final SocksDoor door;
    private Expected expected = Expected.GREETING;

    Socks5Decoder(SocksDoor door) {
        this.door = door;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        switch (expected) {
            case GREETING -> readGreeting(context, in);
            case LOGIN -> readLogin(context, in);
            case REQUEST -> readRequest(context, in);
        }
    }

    private void readGreeting(ChannelHandlerContext context, ByteBuf in) {
        int at = in.readerIndex();
        int length = in.readableBytes() < 2 ? 2 : 2 + in.getUnsignedByte(at + 1);
        if (in.readableBytes() < length) {
            return;
        }
        byte[] methods = ByteBufUtil.getBytes(in, at + 2, length - 2);
        in.skipBytes(length);
        byte method = choose(methods);
        ByteBuf reply = Unpooled.buffer(2).writeByte(SocksDoor.VERSION_5).writeByte(method);
        if (method == METHOD_UNACCEPTABLE) {
            refuse(context, Garbage.Kind.BAD_CREDENTIALS, reply);
            return;
        }
        expected = method == METHOD_PASSWORD ? Expected.LOGIN : Expected.REQUEST;
        var _ = context.writeAndFlush(reply);
    }

    /** A password that nobody asked for is heard out: some clients offer nothing else. */
    private byte choose(byte[] methods) {
        boolean offersNone = false;
        boolean offersPassword = false;
        for (byte method : methods) {
            offersNone |= method == METHOD_NONE;
            offersPassword |= method == METHOD_PASSWORD;
        }
        if (door.credentials() == null && offersNone) {
            return METHOD_NONE;
        }
        return offersPassword ? METHOD_PASSWORD : METHOD_UNACCEPTABLE;
    }

    private void readLogin(ChannelHandlerContext context, ByteBuf in) {
        int at = in.readerIndex();
        int userLength = in.readableBytes() < 2 ? 0 : in.getUnsignedByte(at + 1);
        int passwordAt = 2 + userLength + 1;
        if (in.readableBytes() < passwordAt) {
            return;
        }
        int passwordLength = in.getUnsignedByte(at + passwordAt - 1);
        int length = passwordAt + passwordLength;
        if (in.readableBytes() < length) {
            return;
        }
        int version = in.getUnsignedByte(at);
        byte[] user = ByteBufUtil.getBytes(in, at + 2, userLength);
        byte[] password = ByteBufUtil.getBytes(in, at + passwordAt, passwordLength);
        in.skipBytes(length);
        Credentials needed = door.credentials();
        boolean isIn = needed == null || needed.matches(user, password);
        ByteBuf reply = Unpooled.buffer(2).writeByte(LOGIN_VERSION).writeByte(isIn ? 0 : 1);
        if (!isIn || version != LOGIN_VERSION) {
            refuse(context, Garbage.Kind.BAD_CREDENTIALS, reply.setByte(1, 1));
            return;
        }
        expected = Expected.REQUEST;
        var _ = context.writeAndFlush(reply);
    }

    private void readRequest(ChannelHandlerContext context, ByteBuf in) {
        int at = in.readerIndex();
        if (in.isReadable() && in.getUnsignedByte(at) != SocksDoor.VERSION_5) {
            refuse(context, Garbage.Kind.BAD_SOCKS, Socks5Reply.of(Socks5Reply.GENERAL_FAILURE));
            return;
        }
        int typeAt = at + REQUEST_HEAD_BYTES;
        boolean hasType = in.readableBytes() > REQUEST_HEAD_BYTES;
        if (hasType && !SocksAddress.isKnown(in.getUnsignedByte(typeAt))) {
            refuse(context, Garbage.Kind.BAD_SOCKS, Socks5Reply.of(Socks5Reply.BAD_ADDRESS_TYPE));
            return;
        }
        int length = hasType ? SocksAddress.length(in, typeAt) : 0;
        if (length == 0 || in.readableBytes() < REQUEST_HEAD_BYTES + length) {
            return;
        }
        int command = in.getUnsignedByte(at + 1);
        in.skipBytes(REQUEST_HEAD_BYTES);
        SocksAddress address = SocksAddress.read(in);
        switch (command) {
            case COMMAND_CONNECT -> connect(context, address);
            case COMMAND_UDP -> associate(context, address);
            default ->
                    refuse(
                            context,
                            Garbage.Kind.BAD_SOCKS,
                            Socks5Reply.of(Socks5Reply.BAD_COMMAND));
        }
    }

    private void connect(ChannelHandlerContext context, SocksAddress address) {
        Target target = address.target();
        if (target == null) {
            int code =
                    address.port() == 0
                            ? Socks5Reply.GENERAL_FAILURE
                            : Socks5Reply.HOST_UNREACHABLE;
            refuse(context, Garbage.Kind.BAD_SOCKS, Socks5Reply.of(code));
            return;
        }
        Channel channel = context.channel();
        Clients.hasAsked(context.pipeline());
        Call call = new Call(FlowKind.SOCKS5, Clients.name(channel), target);
        door.switchboard().join(channel, call, new Socks5Reply());
        context.pipeline().remove(this);
    }

    private void associate(ChannelHandlerContext context, SocksAddress address) {
        UdpAssociation association = new UdpAssociation(door, context.channel(), address.port());
        Clients.hasAsked(context.pipeline());
        context.pipeline().addLast(association);
        association.start();
        context.pipeline().remove(this);
    }

    private void refuse(ChannelHandlerContext context, Garbage.Kind why, ByteBuf reply) {
        door.switchboard().garbage().count(why);
        Clients.refuse(context, reply);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable ignored) {
        var _ = context.close(); // the client's reset
    }
}
