package io.culvert.client.proxy.socks;

import io.culvert.client.proxy.FlowKind;
import io.culvert.client.proxy.Garbage;
import io.culvert.client.proxy.Target;
import io.culvert.client.proxy.open.OpenFailure;
import io.culvert.client.proxy.splice.Clients;
import io.culvert.client.proxy.splice.Switchboard.Call;
import io.culvert.ip.IpAddress;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one message of a client of version 4. Confined to the loop.
 *
 * <pre>
 *  VN=4  CD  DSTPORT(2)  DSTIP(4)  USERID…  0     DSTIP 0.0.0.x: 4a, then  NAME…  0
 * </pre>
 */
final class Socks4Decoder extends ByteToMessageDecoder {
    private static final int COMMAND_CONNECT = 1;
    private static final int FIXED_BYTES = 8;
    private static final int PORT_AT = 2;
    private static final int IP_AT = 4;
    private static final int MOST_TEXT_BYTES = 255;

    private final SocksDoor door;

    Socks4Decoder(SocksDoor door) {
        this.door = door;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (in.readableBytes() < FIXED_BYTES) {
            return;
        }
        int start = in.readerIndex();
        int userEnd = textEnd(in, start + FIXED_BYTES);
        int nameStart = userEnd + 1;
        boolean isName = isName(in, start);
        int end = isName && userEnd >= 0 ? textEnd(in, nameStart) : userEnd;
        if (end < 0) {
            refuseTooLong(context, in, isName ? 2 : 1);
            return;
        }
        int command = in.getUnsignedByte(start + 1);
        int port = in.getUnsignedShort(start + PORT_AT);
        String host =
                isName
                        ? in.toString(nameStart, end - nameStart, StandardCharsets.ISO_8859_1)
                        : IpAddress.of(bytes(in, start + IP_AT)).toString();
        in.readerIndex(end + 1);
        request(context, command, Target.of(host, port));
    }

    private void request(ChannelHandlerContext context, int command, @Nullable Target target) {
        if (command != COMMAND_CONNECT || target == null) {
            refuse(context, Garbage.Kind.BAD_SOCKS);
            return;
        }
        if (door.credentials() != null) { // there is no place for a password
            refuse(context, Garbage.Kind.BAD_CREDENTIALS);
            return;
        }
        Call call = new Call(FlowKind.SOCKS4, Clients.name(context.channel()), target);
        Clients.hasAsked(context.pipeline());
        door.switchboard().join(context.channel(), call, new Socks4Reply());
        context.pipeline().remove(this);
    }

    private void refuseTooLong(ChannelHandlerContext context, ByteBuf in, int texts) {
        if (in.readableBytes() > FIXED_BYTES + texts * (MOST_TEXT_BYTES + 1)) {
            refuse(context, Garbage.Kind.BAD_SOCKS);
        }
    }

    private void refuse(ChannelHandlerContext context, Garbage.Kind why) {
        door.switchboard().garbage().count(why);
        Clients.refuse(context, new Socks4Reply().refused(OpenFailure.GENERAL));
    }

    /** An address of 0.0.0.x, x not 0, announces a name (4a). */
    private static boolean isName(ByteBuf in, int start) {
        int ip = in.getInt(start + IP_AT);
        return ip != 0 && (ip & 0xffff_ff00) == 0;
    }

    /** Where the zero byte is that ends a text; negative while there is none. */
    private static int textEnd(ByteBuf in, int from) {
        int limit = Math.min(in.writerIndex(), from + MOST_TEXT_BYTES + 1);
        return from > limit ? -1 : in.indexOf(from, limit, (byte) 0);
    }

    private static byte[] bytes(ByteBuf in, int at) {
        byte[] bytes = new byte[4];
        in.getBytes(at, bytes);
        return bytes;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable ignored) {
        var _ = context.close(); // the client's reset
    }
}
