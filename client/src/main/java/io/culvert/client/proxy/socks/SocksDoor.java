package io.culvert.client.proxy.socks;

import io.culvert.client.proxy.Credentials;
import io.culvert.client.proxy.splice.LocalSockets;
import io.culvert.client.proxy.splice.Switchboard;
import io.netty.channel.ChannelHandler;
import org.jspecify.annotations.Nullable;

/** Where SOCKS clients come in. Confined to the loop. */
public final class SocksDoor {
    /** The first byte of version 5. */
    public static final int VERSION_5 = 5;

    /** The first byte of version 4. */
    public static final int VERSION_4 = 4;

    private final Switchboard switchboard;
    private final LocalSockets sockets;

    /** Null where everybody may come in. */
    private final @Nullable Credentials credentials;

    /** A door that opens with these credentials, or to everybody. */
    public SocksDoor(
            Switchboard switchboard, LocalSockets sockets, @Nullable Credentials credentials) {
        this.switchboard = switchboard;
        this.sockets = sockets;
        this.credentials = credentials;
    }

    /** The handler of a connection that begins with this version. */
    public ChannelHandler handler(int version) {
        return version == VERSION_4 ? new Socks4Decoder(this) : new Socks5Decoder(this);
    }

    Switchboard switchboard() {
        return switchboard;
    }

    LocalSockets sockets() {
        return sockets;
    }

    @Nullable Credentials credentials() {
        return credentials;
    }
}
