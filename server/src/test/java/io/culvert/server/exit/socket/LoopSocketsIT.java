package io.culvert.server.exit.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.ip.IpAddress;
import io.culvert.libc.BootTimeClock;
import io.culvert.libc.Errno;
import io.culvert.libc.NativeBuffer;
import io.culvert.libc.SocketCalls.Kind;
import io.culvert.loop.epoll.EpollLoop;
import io.culvert.netstack.Endpoint;
import io.culvert.server.exit.socket.HostSockets.Opened;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The kernel's sockets over loopback, on a loop that a test turns. */
@Tag("loopback")
final class LoopSocketsIT {
    private static final IpAddress LOOPBACK = IpAddress.parse("127.0.0.1");
    private static final long SHORT_NS = 20_000_000;
    private static final int MOST_TURNS = 500;

    private final NativeBuffer buffer = NativeBuffer.allocate(1 << 16);
    private final List<String> told = new ArrayList<>();
    private EpollLoop loop;
    private LoopSockets sockets;

    @BeforeEach
    void open() throws IOException {
        BootTimeClock clock = new BootTimeClock();
        loop = EpollLoop.open(clock::nowNs);
        sockets = new LoopSockets(loop);
    }

    @AfterEach
    void close() {
        loop.close();
    }

    private HostSocket made(Kind kind, int port) {
        Opened opened =
                sockets.open(
                        kind,
                        new Endpoint(LOOPBACK, port),
                        (readable, writable) ->
                                told.add((readable ? "r" : "") + (writable ? "w" : "")));
        return assertInstanceOf(Opened.Made.class, opened).socket();
    }

    /** Turns the loop for a moment. */
    private void turn() throws IOException {
        var stop = loop.timer(loop::stop);
        stop.arm(SHORT_NS);
        loop.run();
        stop.cancel();
    }

    private void await(String what) throws IOException {
        for (int i = 0; i < MOST_TURNS && !told.contains(what); i++) {
            turn();
        }
        assertTrue(told.contains(what), () -> what + " of " + told.stream().distinct().toList());
    }

    private void put(String text) {
        buffer.bytes().put(0, text.getBytes(StandardCharsets.US_ASCII));
    }

    private String text(int length) {
        byte[] bytes = new byte[length];
        buffer.bytes().get(0, bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    @Test
    void tcpConnectsReadsWritesAndEnds() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            HostSocket socket = made(Kind.TCP, server.getLocalPort());
            socket.interest(false, true);
            await("w");
            assertEquals(0, socket.takeError());
            socket.interest(true, false);
            try (Socket accepted = server.accept()) {
                put("hello");
                assertEquals(5, socket.write(buffer, 5));
                assertEquals(
                        "hello",
                        new String(
                                accepted.getInputStream().readNBytes(5),
                                StandardCharsets.US_ASCII));
                assertEquals(-Errno.EAGAIN, socket.read(buffer, 10));
                accepted.getOutputStream().write('x');
                await("r");
                assertEquals(1, socket.read(buffer, 10));
                assertEquals("x", text(1));
                socket.shutdownOutput();
                assertEquals(-1, accepted.getInputStream().read());
            }
            told.clear();
            await("rw");
            assertEquals(0, socket.read(buffer, 10));
            socket.close();
            socket.close();
            assertEquals(-Errno.EBADF, socket.read(buffer, 10));
        }
    }

    @Test
    void refusalIsTold() throws IOException {
        HostSocket socket = made(Kind.TCP, freePort());
        socket.interest(false, true);
        await("rw");
        assertEquals(Errno.ECONNREFUSED, socket.takeError());
        socket.close();
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    @Test
    void resetIsHeardByTheOtherSide() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            HostSocket socket = made(Kind.TCP, server.getLocalPort());
            try (Socket accepted = server.accept()) {
                socket.reset();
                IOException failure = null;
                try {
                    assertEquals(-2, accepted.getInputStream().read());
                } catch (IOException e) {
                    failure = e;
                }
                assertTrue(String.valueOf(failure).contains("reset"), () -> "" + told);
            }
        }
    }

    @Test
    void deadSocketOfWhichNothingIsWantedDoesNotSpin() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            HostSocket socket = made(Kind.TCP, server.getLocalPort());
            socket.interest(true, false);
            try (Socket accepted = server.accept()) {
                accepted.setSoLinger(true, 0);
            }
            socket.interest(false, false);
            turn();
            turn();
            assertEquals(List.of(), told);
            socket.interest(true, false);
            await("rw");
            assertEquals(-Errno.ECONNRESET, socket.read(buffer, 10));
            socket.close();
        }
    }

    @Test
    void datagramsKeepTheirBounds() throws IOException {
        try (DatagramSocket far =
                new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            HostSocket socket = made(Kind.UDP, far.getLocalPort());
            socket.interest(true, false);
            put("hello");
            assertEquals(5, socket.write(buffer, 5));
            DatagramPacket packet = new DatagramPacket(new byte[10], 10);
            far.receive(packet);
            assertEquals(5, packet.getLength());
            far.send(new DatagramPacket(new byte[0], 0, packet.getSocketAddress()));
            far.send(new DatagramPacket(new byte[] {'a', 'b'}, 2, packet.getSocketAddress()));
            await("r");
            assertEquals(0, socket.read(buffer, 10));
            assertEquals(2, socket.read(buffer, 10));
            assertEquals(-Errno.EAGAIN, socket.read(buffer, 10));
            socket.close();
        }
    }

    @Test
    void datagramsRefusalIsToldOnceAndDoesNotSpin() throws IOException {
        HostSocket socket = made(Kind.UDP, freePort());
        socket.interest(true, false);
        put("x");
        assertEquals(1, socket.write(buffer, 1));
        await("rw");
        assertEquals(-Errno.ECONNREFUSED, socket.read(buffer, 10));
        assertEquals(0, socket.takeError());
        told.clear();
        turn();
        assertEquals(List.of(), told);
        socket.close();
    }

    @Test
    void knowsTheMachinesOwnAddresses() {
        assertTrue(sockets.isOwn(new Endpoint(LOOPBACK, 80)));
        assertTrue(sockets.isOwn(new Endpoint(IpAddress.parse("127.99.1.2"), 80)));
        assertTrue(sockets.isOwn(new Endpoint(LOOPBACK, 0)));
        assertTrue(sockets.isOwn(new Endpoint(IpAddress.parse("0.0.0.0"), 80)));
        assertFalse(sockets.isOwn(new Endpoint(IpAddress.parse("192.0.2.1"), 80)));
        assertFalse(sockets.isOwn(new Endpoint(IpAddress.parse("2001:db8::1"), 80)));
    }
}
