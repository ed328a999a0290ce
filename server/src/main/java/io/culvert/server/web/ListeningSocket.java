package io.culvert.server.web;

import io.culvert.libc.Channels;
import io.culvert.libc.CongestionControl;
import io.culvert.libc.LibcException;
import io.culvert.libc.SocketOptions;
import io.culvert.libc.SocketOptions.Option;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** TCP sockets that listen with the options of tunnels. Thread-safe (stateless). */
final class ListeningSocket {
    private static final Logger LOG = LoggerFactory.getLogger(ListeningSocket.class);
    private static final int BACKLOG = 1024;

    /** What may wait unsent in the kernel: beyond, it only adds delay. */
    private static final int NOTSENT_LOWAT_BYTES = 65_536;

    private static final int USER_TIMEOUT_MS = 15_000;

    private ListeningSocket() {}

    /** A socket bound to the address; accepted connections inherit its options. */
    static ServerSocketChannel open(InetSocketAddress address, int fwmark) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        boolean success = false;
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            tune(channel);
            if (fwmark != 0) {
                mark(channel, fwmark);
            }
            channel.bind(address, BACKLOG);
            success = true;
            return channel;
        } finally {
            if (!success) {
                channel.close();
            }
        }
    }

    /** Without it a full tunnel would swallow the very answers that carry it. */
    private static void mark(ServerSocketChannel channel, int fwmark) throws IOException {
        try {
            SocketOptions.of(Channels.fdOf(channel)).set(Option.SO_MARK, fwmark);
        } catch (LibcException e) {
            throw new IOException("a firewall mark needs root or CAP_NET_ADMIN", e);
        }
    }

    private static void tune(ServerSocketChannel channel) {
        SocketOptions options = SocketOptions.of(Channels.fdOf(channel));
        try {
            options.set(Option.TCP_NODELAY, 1);
            options.set(Option.TCP_NOTSENT_LOWAT, NOTSENT_LOWAT_BYTES);
            options.set(Option.TCP_USER_TIMEOUT, USER_TIMEOUT_MS);
            CongestionControl.prefer(options);
        } catch (LibcException e) {
            LOG.warn("slower under load, as the system refuses an option: {}", e.getMessage());
        }
    }
}
