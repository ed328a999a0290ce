package io.culvert.libc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.libc.SocketOptions.Option;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

/** Options of sockets that are never connected: nothing leaves the process. */
final class SocketOptionsTest {
    @Test
    void readsBackWhatItSetOnATcpSocket() throws Exception {
        try (SocketChannel channel = SocketChannel.open()) {
            SocketOptions options = SocketOptions.of(Channels.fdOf(channel));
            assertRoundTrip(options, Option.TCP_NODELAY, 1);
            assertRoundTrip(options, Option.TCP_NODELAY, 0);
            assertRoundTrip(options, Option.TCP_NOTSENT_LOWAT, 65_536);
            assertRoundTrip(options, Option.TCP_USER_TIMEOUT, 15_000);
        }
    }

    @Test
    void prefersBbrAndTellsWhatItGot() throws Exception {
        try (SocketChannel channel = SocketChannel.open()) {
            SocketOptions options = SocketOptions.of(Channels.fdOf(channel));
            String before = CongestionControl.of(options);
            CongestionControl.prefer(options);
            String after = CongestionControl.of(options);
            assertTrue(after.equals("bbr") || after.equals(before), before + ", then " + after);
            assertTrue(before.matches("[a-z0-9_]+"), before);
        }
        try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
            SocketOptions options = SocketOptions.of(Channels.fdOf(channel));
            CongestionControl.prefer(options);
            assertEquals("", CongestionControl.of(options));
        }
    }

    private static void assertRoundTrip(SocketOptions options, Option option, int value)
            throws LibcException {
        options.set(option, value);
        int read = options.read(option);
        // TCP_NODELAY reads back as a bit of the socket, not always 1.
        assertEquals(value, option == Option.TCP_NODELAY ? Integer.signum(read) : read);
    }

    @Test
    void agreesWithTheJdkOnTheSameSocket() throws Exception {
        try (SocketChannel channel = SocketChannel.open()) {
            SocketOptions options = SocketOptions.of(Channels.fdOf(channel));
            options.set(Option.TCP_NODELAY, 1);
            assertTrue(channel.getOption(java.net.StandardSocketOptions.TCP_NODELAY));
        }
    }

    @Test
    void setsTheTypeOfServiceOfBothFamilies() throws Exception {
        try (DatagramChannel v4 = DatagramChannel.open(StandardProtocolFamily.INET)) {
            SocketOptions options = SocketOptions.of(Channels.fdOf(v4));
            options.set(Option.IP_TOS, 0x88);
            assertEquals(0x88, options.read(Option.IP_TOS));
        }
    }

    @Test
    void growsTheBuffersOfASocket() throws Exception {
        try (DatagramChannel channel = DatagramChannel.open()) {
            SocketOptions options = SocketOptions.of(Channels.fdOf(channel));
            options.set(Option.SO_RCVBUF, 8192);
            options.set(Option.SO_SNDBUF, 8192);
            int receive = options.read(Option.SO_RCVBUF);
            int send = options.read(Option.SO_SNDBUF);
            options.growBuffers(1 << 20);
            assertTrue(options.read(Option.SO_RCVBUF) > receive);
            assertTrue(options.read(Option.SO_SNDBUF) > send);
        }
    }

    @Test
    void marksASocketWhereTheProcessMay() throws Exception {
        try (DatagramChannel channel = DatagramChannel.open()) {
            SocketOptions options = SocketOptions.of(Channels.fdOf(channel));
            try {
                options.set(Option.SO_MARK, 4242);
                assertEquals(4242, options.read(Option.SO_MARK));
            } catch (LibcException refused) {
                assertEquals(Errno.EPERM, refused.errno());
            }
        }
    }

    @Test
    void saysWhichOptionIsRefused() {
        try (TestPipe pipe = new TestPipe()) {
            SocketOptions options = SocketOptions.of(pipe.readFd());
            LibcException e =
                    assertThrows(
                            LibcException.class, () -> options.set(Option.TCP_USER_TIMEOUT, 1));
            assertEquals(Errno.ENOTSOCK, e.errno());
            assertEquals("setsockopt TCP_USER_TIMEOUT = 1: ENOTSOCK, not a socket", e.getMessage());
            assertThrows(LibcException.class, () -> options.growBuffers(1));
            assertThrows(LibcException.class, () -> options.read(Option.SO_RCVBUF));
        }
    }

    @Test
    void findsTheDescriptorThatTheKernelKnows() throws Exception {
        try (SocketChannel channel = SocketChannel.open()) {
            int fd = Channels.fdOf(channel);
            String target = OpenDescriptors.now().get(fd);
            assertTrue(target != null && target.startsWith("socket:"), target);
        }
    }
}
