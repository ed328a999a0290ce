package io.culvert.client.proxy.socks;

import io.culvert.client.proxy.InsideAddress;
import io.culvert.client.proxy.open.OpenFailure;
import io.culvert.client.proxy.splice.Replies;
import io.culvert.ip.IpAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** What a client of version 5 is told (RFC 1928 §6). Stateless, thread-safe. */
final class Socks5Reply implements Replies {
    static final int SUCCEEDED = 0;
    static final int GENERAL_FAILURE = 1;
    static final int NOT_ALLOWED = 2;
    static final int NETWORK_UNREACHABLE = 3;
    static final int HOST_UNREACHABLE = 4;
    static final int REFUSED = 5;
    static final int TTL_EXPIRED = 6;
    static final int BAD_COMMAND = 7;
    static final int BAD_ADDRESS_TYPE = 8;

    /** Said where the client has no use for the address, as the flow's is inside. */
    private static final InsideAddress NOWHERE = new InsideAddress(IpAddress.of(new byte[4]), 0);

    @Override
    public ByteBuf connected() {
        return of(SUCCEEDED, NOWHERE);
    }

    @Override
    public ByteBuf refused(OpenFailure failure) {
        return of(code(failure));
    }

    static ByteBuf of(int code) {
        return of(code, NOWHERE);
    }

    static ByteBuf of(int code, InsideAddress bound) {
        ByteBuf reply = Unpooled.buffer(22);
        reply.writeByte(SocksDoor.VERSION_5).writeByte(code).writeByte(0);
        SocksAddress.write(reply, bound);
        return reply;
    }

    static int code(OpenFailure failure) {
        return switch (failure) {
            case GENERAL, FULL -> GENERAL_FAILURE;
            case DENIED -> NOT_ALLOWED;
            case NETWORK_UNREACHABLE -> NETWORK_UNREACHABLE;
            case HOST_UNREACHABLE, NAME_UNKNOWN, NAME_FAILED -> HOST_UNREACHABLE;
            case REFUSED -> REFUSED;
            case TIMED_OUT, NAME_UNANSWERED -> TTL_EXPIRED;
        };
    }
}
