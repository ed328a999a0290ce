package io.culvert.libc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which datagrams share a slot, and what a refusal changes about that. */
@Tag("loopback")
final class UdpOutboxIT {
    private UdpDescriptor descriptor;
    private UdpOutbox outbox;

    @BeforeEach
    void open() throws LibcException {
        descriptor = UdpDescriptor.open();
        descriptor.bind(new UdpAddress(0, 0, 0, 0));
        outbox = descriptor.outbox();
    }

    @AfterEach
    void close() {
        descriptor.close();
    }

    private UdpAddress to(int port) {
        return UdpAddress.of(InetAddress.ofLiteral("127.0.0.1"), port);
    }

    private void add(UdpAddress remote, int... sizes) {
        for (int size : sizes) {
            outbox.add(new byte[size], size, remote, UdpAddress.NONE, 0);
        }
    }

    @Test
    void equalOnesShareASlotUpToAShorterOne() throws LibcException {
        UdpAddress own = to(descriptor.port());
        add(own, 700, 700, 700, 20, 20, 700, 701);
        assertEquals(4, outbox.count());
        assertEquals(4, outbox.datagrams(0));
        assertEquals(1, outbox.datagrams(1));
        assertEquals(1, outbox.datagrams(2));
        assertEquals(4, outbox.send(0));
    }

    /** A way that is refused, not that they go together: a lost route must cost no speed later. */
    @Test
    void aRefusalThatHasNothingToDoWithItLetsThemShareAgain() throws LibcException {
        add(to(0), 700, 700);
        assertEquals(-Errno.EINVAL, outbox.send(0));
        assertEquals(0, outbox.sendApart(0, Errno.EINVAL));
        outbox.clear();
        add(to(descriptor.port()), 700, 700);
        assertEquals(1, outbox.count());
        assertEquals(1, outbox.send(0));
    }

    @Test
    void whatTheKernelRefusesTogetherGoesApartFromThenOn() throws LibcException {
        UdpAddress own = to(descriptor.port());
        add(own, 700, 700, 60);
        assertEquals(3, outbox.sendApart(0, Errno.EMSGSIZE));
        outbox.clear();
        add(own, 700, 700, 699, 699);
        assertEquals(3, outbox.count());
    }
}
