package io.culvert.server.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.carrier.Hello;
import io.culvert.server.config.GatewayConfig.DoorKind;
import io.culvert.server.config.RelayConfig;
import io.culvert.server.testkit.FakeCarrier;
import io.culvert.server.testkit.ManualLoop;
import io.culvert.stats.DropReason;
import io.culvert.stats.Drops;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One relay path with real UDP sockets, whose loop turns by hand. */
@Tag("loopback")
@Timeout(30)
final class RelayPathIT {
    private static final UUID ALICE = new UUID(1, 2);
    private static final UUID BOB = new UUID(3, 4);

    private final ManualLoop loop = new ManualLoop();
    private final Drops drops = new Drops();
    private long nowNs = 1;
    private boolean isKnown = true;
    private DatagramSocket target;

    @BeforeEach
    void open() throws IOException {
        target = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        target.setSoTimeout(2_000);
    }

    @AfterEach
    void close() {
        target.close();
    }

    private RelayPath path(String host, DoorKind door, int most) {
        RelayTarget.Resolver resolver =
                name -> {
                    if (!isKnown) {
                        throw new UnknownHostException(name);
                    }
                    return InetAddress.getLoopbackAddress();
                };
        RelayConfig config =
                new RelayConfig(
                        "/wg",
                        new RelayConfig.Target(host, target.getLocalPort()),
                        door,
                        null,
                        null,
                        false);
        RelayTarget.Lookup lookup =
                new RelayTarget.Lookup(loop, Runnable::run, resolver, () -> nowNs);
        RelayPath path = new RelayPath(config, new RelayPath.Setup(lookup, drops, 0), most);
        path.start();
        loop.runTasks();
        return path;
    }

    private RelayPath path() {
        return path("127.0.0.1", DoorKind.KNOCK, 8);
    }

    private static FakeCarrier open(RelayPath path, UUID instance) {
        FakeCarrier carrier = new FakeCarrier();
        path.onOpen(carrier);
        path.onHello(carrier, new Hello(1, instance, 0, 65_536));
        return carrier;
    }

    private static void send(RelayPath path, FakeCarrier from, int mark) {
        byte[] datagram = message(mark);
        path.onDatagram(from, datagram, 0, datagram.length);
        path.onReadEnd(from);
    }

    private static byte[] message(int mark) {
        byte[] datagram = new byte[96];
        datagram[0] = 4;
        datagram[20] = (byte) mark;
        return datagram;
    }

    /** What the target receives next. */
    private DatagramPacket next() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
        target.receive(packet);
        return packet;
    }

    private static int mark(DatagramPacket packet) {
        return packet.getData()[20];
    }

    /** The target answers; loopback delivers before send returns. */
    private void answer(DatagramPacket to, int mark) throws IOException {
        target.send(new DatagramPacket(message(mark), 96, to.getSocketAddress()));
        turn();
    }

    private void turn() {
        for (ManualLoop.Bond bond : List.copyOf(loop.bonds)) {
            if (!bond.cancelled) {
                bond.listener.onReady(true, false);
            }
        }
    }

    @Test
    void carriesDatagramsBothWaysForEachRemoteApart() throws Exception {
        RelayPath path = path();
        FakeCarrier alice = open(path, ALICE);
        FakeCarrier bob = open(path, BOB);
        send(path, alice, 1);
        send(path, bob, 2);
        DatagramPacket first = next();
        DatagramPacket second = next();
        assertEquals(1, mark(first));
        assertEquals(2, mark(second));
        assertNotEquals(first.getPort(), second.getPort());
        answer(second, 20);
        answer(first, 10);
        assertEquals(List.of(10), alice.marks);
        assertEquals(List.of(20), bob.marks);
        path.close();
        assertTrue(alice.isClosed && bob.isClosed);
        assertTrue(loop.bonds.stream().allMatch(bond -> bond.cancelled));
    }

    @Test
    void takesAnswersFromTheTargetOnly() throws Exception {
        RelayPath path = path();
        FakeCarrier alice = open(path, ALICE);
        send(path, alice, 1);
        DatagramPacket first = next();
        try (DatagramSocket stranger = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            stranger.send(new DatagramPacket(message(66), 96, first.getSocketAddress()));
        }
        turn();
        assertEquals(List.of(), alice.marks);
        path.close();
    }

    @Test
    void findsTheSessionOfWhoReconnects() throws Exception {
        RelayPath path = path();
        FakeCarrier before = open(path, ALICE);
        send(path, before, 1);
        DatagramPacket first = next();
        path.onClosed(before);
        answer(first, 10);
        FakeCarrier after = open(path, ALICE);
        assertEquals(List.of(10), after.marks, "it waited");
        send(path, after, 2);
        assertEquals(first.getPort(), next().getPort());

        FakeCarrier overtaking = open(path, ALICE);
        assertTrue(after.isClosed, "its end may not be noticed for long");
        path.onClosed(after);
        answer(first, 11);
        assertEquals(List.of(11), overtaking.marks);
        assertEquals(1, path.sessions());
        path.close();
    }

    @Test
    void hasTheSamePortAfterARestart() throws Exception {
        RelayPath before = path();
        send(before, open(before, ALICE), 1);
        DatagramPacket first = next();
        before.close();
        RelayPath after = path();
        FakeCarrier alice = open(after, ALICE);
        answer(first, 10);
        assertEquals(List.of(10), alice.marks, "without a word from the client");
        after.close();
    }

    @Test
    void takesAnotherPortWhereItsOwnIsTaken() throws Exception {
        try (DatagramSocket taken = new DatagramSocket(RelaySession.port(ALICE))) {
            RelayPath path = path();
            send(path, open(path, ALICE), 1);
            assertNotEquals(taken.getLocalPort(), next().getPort());
            path.close();
        }
    }

    @Test
    void endsABareSessionWithItsWebSocket() throws Exception {
        RelayPath path = path();
        FakeCarrier bare = new FakeCarrier();
        path.onOpen(bare);
        assertEquals(0, path.sessions());
        send(path, bare, 1);
        answer(next(), 10);
        assertEquals(List.of(10), bare.marks);
        path.onClosed(bare);
        assertEquals(0, path.sessions());
        assertTrue(loop.bonds.getFirst().cancelled);
        path.close();
    }

    @Test
    void forgetsWhoDoesNotComeBack() {
        RelayPath path = path();
        FakeCarrier alice = open(path, ALICE);
        FakeCarrier bob = open(path, BOB);
        path.onClosed(alice);
        nowNs += TimeUnit.SECONDS.toNanos(100);
        path.onClosed(bob);
        nowNs += TimeUnit.SECONDS.toNanos(80);
        loop.timers.forEach(timer -> timer.action.run());
        assertEquals(1, path.sessions());
        nowNs += TimeUnit.SECONDS.toNanos(100);
        loop.timers.forEach(timer -> timer.action.run());
        assertEquals(0, path.sessions());
        assertTrue(loop.bonds.stream().allMatch(bond -> bond.cancelled));
        path.close();
    }

    @Test
    void boundsItsSessionsAndLetsTheLostGiveWay() {
        RelayPath path = path("127.0.0.1", DoorKind.KNOCK, 2);
        FakeCarrier alice = open(path, ALICE);
        FakeCarrier bob = open(path, BOB);
        FakeCarrier third = open(path, new UUID(5, 6));
        assertTrue(third.isClosed);
        FakeCarrier bare = new FakeCarrier();
        send(path, bare, 1);
        assertTrue(bare.isClosed);
        path.onClosed(alice);
        FakeCarrier fourth = open(path, new UUID(7, 8));
        assertFalse(fourth.isClosed || bob.isClosed);
        assertEquals(2, path.sessions());
        path.close();
    }

    @Test
    void dropsWhatIsNoWireGuard() throws Exception {
        RelayPath path = path();
        FakeCarrier alice = open(path, ALICE);
        byte[] query = new byte[40];
        path.onDatagram(alice, query, 0, query.length);
        assertEquals(1, drops.of(DropReason.MALFORMED_DATAGRAM));
        target.setSoTimeout(100);
        assertThrows(SocketTimeoutException.class, this::next);
        path.close();
    }

    @Test
    void asksForTheTargetUntilItIsKnown() throws Exception {
        isKnown = false;
        RelayPath path = path("wg.example", DoorKind.KNOCK, 8);
        FakeCarrier alice = open(path, ALICE);
        send(path, alice, 1);
        assertTrue(loop.timers.stream().anyMatch(timer -> timer.delayNs > 0));
        isKnown = true;
        loop.timers.stream()
                .filter(timer -> timer.delayNs > 0)
                .toList()
                .forEach(timer -> timer.action.run());
        loop.runTasks();
        send(path, alice, 2);
        assertEquals(2, mark(next()), "the first was lost, as on any road");
        path.close();
    }

    @Test
    void looksTheTargetUpAnewForLaterSessions() {
        RelayPath path = path("wg.example", DoorKind.KNOCK, 8);
        isKnown = false; // a failure now keeps what was found
        nowNs += TimeUnit.SECONDS.toNanos(61);
        FakeCarrier alice = open(path, ALICE);
        loop.runTasks();
        send(path, alice, 1);
        assertEquals(0, drops.total());
        path.close();
    }

    @Test
    void holdsNoStrangerForProvenUntilTheTargetAnswers() throws Exception {
        RelayPath path = path();
        FakeCarrier alice = open(path, ALICE);
        send(path, alice, 1);
        assertFalse(path.isProven(alice));
        answer(next(), 10);
        assertTrue(path.isProven(alice));
        assertFalse(path.isProven(new FakeCarrier()));
        path.close();
        RelayPath listed = path("127.0.0.1", DoorKind.TOKEN, 8);
        assertTrue(listed.isProven(new FakeCarrier()));
        listed.close();
    }
}
