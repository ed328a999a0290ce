package io.culvert.carrier.udp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierInfo;
import io.culvert.libc.OpenDescriptors;
import io.culvert.libc.UdpAddress;
import io.culvert.loop.epoll.EpollLoop;
import io.culvert.stats.DropReason;
import io.culvert.stats.Drops;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("loopback")
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class UdpSocketIT {
    private static final Instant OPENED_AT = Instant.parse("2026-01-02T03:04:05Z");

    private final Drops drops = new Drops();
    private EpollLoop loop;
    private UdpSocket a;
    private UdpSocket b;
    private RecordingListener atA;
    private RecordingListener atB;

    @BeforeEach
    void open() throws IOException {
        loop = EpollLoop.open(System::nanoTime);
        atA = new RecordingListener(loop);
        atB = new RecordingListener(loop);
        a = UdpSocket.open(loop, UdpBinding.ofPort(0, OPENED_AT), atA, drops);
        b = UdpSocket.open(loop, UdpBinding.ofPort(0, OPENED_AT), atB, drops);
    }

    @AfterEach
    void close() {
        a.close();
        b.close();
        loop.close();
    }

    private static InetSocketAddress at(String address, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), port);
    }

    private static InetSocketAddress v4(UdpSocket socket) {
        return at("127.0.0.1", socket.port());
    }

    private static InetSocketAddress v6(UdpSocket socket) {
        return at("::1", socket.port());
    }

    private static void send(Carrier carrier, byte[] datagram) {
        int offset = carrier.reserve(datagram.length);
        System.arraycopy(datagram, 0, carrier.array(), offset, datagram.length);
        carrier.commit(datagram.length);
        carrier.flush(0);
    }

    private static void send(Carrier carrier, String text) {
        send(carrier, text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void carriesDatagramsBothWaysOverIpv4() throws Exception {
        send(a.carrierTo(v4(b)), "ping");
        atB.stopAfter(1);
        loop.run();
        assertEquals(List.of("ping"), atB.texts());
        assertEquals(a.carrierTo(v4(b)), a.carrierTo(v4(b)));
        assertEquals(b.carrierTo(v4(a)), atB.last());
        send(atB.last(), "pong");
        atA.stopAfter(1);
        loop.run();
        assertEquals(List.of("pong"), atA.texts());
        assertEquals(a.carrierTo(v4(b)), atA.last());
        assertEquals(0, drops.total());
    }

    @Test
    void carriesDatagramsBothWaysOverIpv6() throws Exception {
        send(a.carrierTo(v6(b)), "ping");
        atB.stopAfter(1);
        loop.run();
        assertEquals(b.carrierTo(v6(a)), atB.last());
        send(atB.last(), "pong");
        atA.stopAfter(1);
        loop.run();
        assertEquals(List.of("pong"), atA.texts());
    }

    @Test
    void answersFromTheAddressThatItWasReachedAt() throws Exception {
        send(a.carrierTo(at("127.0.0.2", b.port())), "ping");
        atB.stopAfter(1);
        loop.run();
        send(atB.last(), "pong");
        atA.stopAfter(1);
        loop.run();
        assertArrayEquals(new byte[] {127, 0, 0, 2}, Arrays.copyOf(atA.last().source(), 4));
    }

    @Test
    void answersFromAnotherAddressWhereThatOneIsRefused() throws Exception {
        Carrier fromNowhere =
                new UdpCarrier(
                        a,
                        UdpAddress.of(v4(b)),
                        UdpAddress.of(InetAddress.ofLiteral("192.0.2.77"), 0),
                        0);
        send(fromNowhere, "first");
        send(fromNowhere, "second");
        atB.stopAfter(2);
        loop.run();
        assertEquals(List.of("first", "second"), atB.texts());
        assertEquals(0, drops.total());
    }

    @Test
    void leadsFromItsNewPortAfterItWasRebound() throws Exception {
        int before = a.port();
        Carrier carrier = a.carrierTo(v4(b));
        a.rebind(0);
        assertNotEquals(before, a.port());
        send(carrier, "from the new port");
        atB.stopAfter(1);
        loop.run();
        assertEquals(b.carrierTo(v4(a)), atB.last());
        send(atB.last(), "and back");
        atA.stopAfter(1);
        loop.run();
        assertEquals(List.of("and back"), atA.texts());
    }

    @Test
    void keepsItsPortWhereTheNewOneIsTaken() {
        int before = a.port();
        assertThrows(IOException.class, () -> a.rebind(b.port()));
        assertEquals(before, a.port());
    }

    @Test
    void tellsTheEndOfAReadOnceAfterItsDatagrams() throws Exception {
        Carrier carrier = a.carrierTo(v4(b));
        for (int i = 0; i < 10; i++) {
            send(carrier, "n" + i);
        }
        atB.stopAfter(10);
        loop.run();
        assertEquals(10, atB.texts().size());
        assertEquals("n0", atB.texts().getFirst());
        assertEquals("n9", atB.texts().getLast());
        assertEquals(1, atB.readEnds());
    }

    @Test
    void readsABurstInBoundedPieces() throws Exception {
        Carrier carrier = a.carrierTo(v4(b));
        for (int i = 0; i < 150; i++) {
            send(carrier, "n" + i);
        }
        atB.stopAfter(150);
        loop.run();
        assertEquals(150, atB.texts().size());
        assertEquals(3, atB.readEnds());
    }

    @Test
    void takesTheLongestAndTheEmptyDatagram() throws Exception {
        byte[] longest = new byte[UdpSocket.MAX_DATAGRAM];
        for (int i = 0; i < longest.length; i++) {
            longest[i] = (byte) (i * 31);
        }
        send(a.carrierTo(v4(b)), longest);
        atB.stopAfter(1);
        loop.run();
        assertArrayEquals(longest, atB.datagrams().getFirst());
        assertEquals(UdpSocket.MAX_DATAGRAM, a.carrierTo(v4(b)).maxDatagram());
    }

    @Test
    void sendsNothingForACommitOfZero() throws Exception {
        Carrier carrier = a.carrierTo(v4(b));
        carrier.reserve(100);
        carrier.commit(0);
        send(carrier, "after");
        atB.stopAfter(1);
        loop.run();
        assertEquals(List.of("after"), atB.texts());
    }

    @Test
    void namesTheRemoteForCookiesByAddressAndPort() {
        byte[] of4 = a.carrierTo(at("127.0.0.1", 0x1234)).source();
        assertArrayEquals(new byte[] {127, 0, 0, 1, 0x12, 0x34}, of4);
        byte[] of6 = a.carrierTo(at("::1", 0xfffe)).source();
        assertEquals(18, of6.length);
        assertEquals(1, of6[15]);
        assertEquals((byte) 0xff, of6[16]);
        assertEquals((byte) 0xfe, of6[17]);
    }

    @Test
    void tellsAMappedAddressAsIpv4() throws Exception {
        byte[] mapped = new byte[16];
        mapped[10] = (byte) 0xff;
        mapped[11] = (byte) 0xff;
        mapped[12] = 127;
        mapped[15] = 1;
        InetAddress address = java.net.Inet6Address.getByAddress("x", mapped, -1);
        Carrier carrier = a.carrierTo(new InetSocketAddress(address, b.port()));
        assertEquals(6, carrier.source().length);
        assertEquals(a.carrierTo(v4(b)), carrier);
    }

    @Test
    void tellsWhatShowSaysOfIt() {
        CarrierInfo info = a.carrierTo(at("127.0.0.1", 9)).info();
        assertEquals(
                new CarrierInfo("udp", null, "127.0.0.1:9", CarrierInfo.State.UP, OPENED_AT), info);
        assertEquals("[0:0:0:0:0:0:0:1]:9", a.carrierTo(at("::1", 9)).info().remote());
        Carrier carrier = a.carrierTo(v4(b));
        a.close();
        assertEquals(CarrierInfo.State.DOWN, carrier.info().state());
    }

    @Test
    void equalsBySocketAndRemote() {
        Carrier one = a.carrierTo(v4(b));
        assertSame(one, a.carrierTo(v4(b)));
        assertNotEquals(one, b.carrierTo(v4(b)));
        assertNotEquals(one, a.carrierTo(v6(b)));
        assertNotEquals(one, a.carrierTo(v4(a)));
        one.close();
        Carrier anew = a.carrierTo(v4(b));
        assertEquals(one, anew);
        assertEquals(one.hashCode(), anew.hashCode());
    }

    @Test
    void isAlwaysWritable() {
        assertTrue(a.carrierTo(v4(b)).isWritable());
    }

    @Test
    void dropsAndCountsWhatAClosedCarrierIsGiven() throws Exception {
        Carrier carrier = a.carrierTo(v4(b));
        carrier.close();
        carrier.close();
        send(carrier, "lost");
        assertEquals(1, drops.of(DropReason.NO_CARRIER));
        send(a.carrierTo(v4(b)), "kept");
        atB.stopAfter(1);
        loop.run();
        assertEquals(List.of("kept"), atB.texts());
    }

    @Test
    void countsWhatTheKernelDoesNotTake() {
        // Port 0 is nobody's: the kernel refuses it.
        send(a.carrierTo(at("127.0.0.1", 0)), "lost");
        assertEquals(1, drops.of(DropReason.SEND_FAILED));
        a.close();
        send(a.carrierTo(v4(b)), "lost");
        assertEquals(1, drops.of(DropReason.NO_CARRIER));
    }

    @Test
    void outlivesADatagramToAPortThatNobodyListensOn() throws Exception {
        int deadPort = b.port();
        b.close();
        Carrier dead = a.carrierTo(at("127.0.0.1", deadPort));
        for (int i = 0; i < 5; i++) {
            send(dead, "into the void");
        }
        send(a.carrierTo(v4(a)), "to myself");
        atA.stopAfter(1);
        loop.run();
        assertEquals(List.of("to myself"), atA.texts());
    }

    @Test
    void refusesAPortThatIsTakenWithARemedy() throws Exception {
        Map<Integer, String> before = OpenDescriptors.now();
        UdpBinding binding = UdpBinding.ofPort(a.port(), OPENED_AT);
        IOException e =
                assertThrows(IOException.class, () -> UdpSocket.open(loop, binding, atB, drops));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith("cannot listen on udp"), message);
        assertTrue(message.contains(String.valueOf(a.port())), message);
        assertTrue(message.contains("take another port"), message);
        assertEquals(before, OpenDescriptors.now());
    }

    @Test
    void listensOnOneAddressWhenTold() throws Exception {
        UdpBinding binding = new UdpBinding(InetAddress.ofLiteral("127.0.0.1"), 0, 0, OPENED_AT);
        RecordingListener heard = new RecordingListener(loop);
        try (UdpSocket narrow = UdpSocket.open(loop, binding, heard, drops)) {
            send(a.carrierTo(v6(narrow)), "not heard");
            send(a.carrierTo(v4(narrow)), "heard");
            heard.stopAfter(1);
            loop.run();
            assertEquals(List.of("heard"), heard.texts());
        }
    }

    @Test
    void stopsReadingWhenTheListenerClosesIt() throws Exception {
        Carrier carrier = a.carrierTo(v4(b));
        for (int i = 0; i < 5; i++) {
            send(carrier, "n" + i);
        }
        atB.closeAtFirst(b);
        atB.stopAfter(1);
        loop.run();
        assertEquals(List.of("n0"), atB.texts());
        assertEquals(0, atB.readEnds());
    }

    @Test
    void refusesWhatIsNoPortAndWhatIsNotResolved() {
        assertThrows(IllegalArgumentException.class, () -> UdpBinding.ofPort(65_536, OPENED_AT));
        assertThrows(
                IllegalStateException.class,
                () -> a.carrierTo(InetSocketAddress.createUnresolved("nowhere.invalid", 1)));
        assertThrows(
                IllegalStateException.class,
                () -> a.carrierTo(v4(b)).reserve(UdpSocket.MAX_DATAGRAM + 1));
    }

    @Test
    void leavesNoDescriptorOpen() throws Exception {
        Map<Integer, String> before = OpenDescriptors.now();
        for (int i = 0; i < 20; i++) {
            UdpSocket socket = UdpSocket.open(loop, UdpBinding.ofPort(0, OPENED_AT), atA, drops);
            socket.close();
            socket.close();
        }
        assertEquals(before, OpenDescriptors.now());
    }
}
