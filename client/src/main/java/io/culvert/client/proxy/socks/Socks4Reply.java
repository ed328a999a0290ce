package io.culvert.client.proxy.socks;

import io.culvert.client.proxy.open.OpenFailure;
import io.culvert.client.proxy.splice.Replies;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** What a client of version 4 is told: yes or no. Stateless, thread-safe. */
final class Socks4Reply implements Replies {
    static final int GRANTED = 90;
    static final int REJECTED = 91;

    private static final int ADDRESS_BYTES = 6;

    @Override
    public ByteBuf connected() {
        return of(GRANTED);
    }

    @Override
    public ByteBuf refused(OpenFailure failure) {
        return of(REJECTED);
    }

    static ByteBuf of(int code) {
        return Unpooled.buffer(8).writeByte(0).writeByte(code).writeZero(ADDRESS_BYTES);
    }
}
