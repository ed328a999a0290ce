package io.culvert.libc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.libc.SocketCalls.Kind;
import io.culvert.libc.SocketOptions.Option;
import org.junit.jupiter.api.Test;

/** Nothing is sent: a datagram socket that connects only chooses its way. */
final class SocketCallsTest {
    private static final long LOOPBACK = 0x0000_ffff_7f00_0001L;

    private final SocketCalls calls = new SocketCalls();

    @Test
    void tellsTheEndThatTheKernelChose() {
        int fd = calls.open(Kind.UDP, false);
        assertTrue(fd >= 0);
        assertEquals(0, calls.connect(fd, new UdpAddress(0, LOOPBACK, 9, 0)));
        UdpAddress local = calls.local(fd);
        assertEquals(LOOPBACK, local.low());
        assertTrue(local.port() > 0);
        Libc.close(fd);
    }

    @Test
    void answersErrorsAsNegatedNumbers() {
        assertEquals(-Errno.EBADF, calls.connect(-1, new UdpAddress(0, LOOPBACK, 9, 0)));
        assertEquals(-Errno.EBADF, calls.set(-1, Option.SO_KEEPALIVE, 1));
        assertEquals(-Errno.EBADF, calls.shutdownOutput(-1));
        assertEquals(-Errno.EBADF, calls.setToReset(-1));
        assertEquals(Errno.EBADF, calls.takeError(-1));
        assertEquals(UdpAddress.NONE, calls.local(-1));
        calls.dropErrorQueue(-1);
    }

    @Test
    void freshSocketHasNoError() {
        int fd = calls.open(Kind.TCP, false);
        assertEquals(0, calls.takeError(fd));
        assertEquals(0, calls.set(fd, Option.TCP_NODELAY, 1));
        assertEquals(0, calls.setToReset(fd));
        Libc.close(fd);
    }

    @Test
    void limitOfDescriptorsIsKnownAndRaisedOnce() throws LibcException {
        long limit = DescriptorLimit.raise();
        assertTrue(limit >= 256, () -> "limit " + limit);
        assertEquals(limit, DescriptorLimit.raise());
    }
}
