package io.culvert.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culvert.libc.Channels;
import io.culvert.libc.SocketOptions;
import io.culvert.libc.SocketOptions.Option;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What accepted connections inherit. */
@Tag("loopback")
@Timeout(20)
final class ListeningSocketIT {
    @Test
    void marksTheConnectionsThatItAccepts() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "SO_MARK needs CAP_NET_ADMIN");
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (ServerSocketChannel server = ListeningSocket.open(any, 0x5ca);
                SocketChannel client = SocketChannel.open(server.getLocalAddress());
                SocketChannel accepted = server.accept()) {
            assertEquals(0x5ca, SocketOptions.of(Channels.fdOf(accepted)).read(Option.SO_MARK));
            assertEquals(0, SocketOptions.of(Channels.fdOf(client)).read(Option.SO_MARK));
        }
    }
}
