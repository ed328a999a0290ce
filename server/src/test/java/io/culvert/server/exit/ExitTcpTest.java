package io.culvert.server.exit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.ip.IpAddress;
import io.culvert.libc.Errno;
import io.culvert.libc.SocketCalls.Kind;
import io.culvert.netstack.End;
import io.culvert.netstack.Endpoint;
import io.culvert.server.exit.FakeSockets.FakeSocket;
import io.culvert.stats.DropReason;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ExitTcpTest {
    private static final Endpoint TARGET = ExitScene.end("192.0.2.1", 80);
    private static final byte[] HELLO = {1, 2, 3};

    private final ExitScene scene = new ExitScene(new ExitLimits(5, 20, 0, 100));

    private PeerFlow connect() {
        PeerFlow flow = new PeerFlow(scene.peer, TARGET);
        scene.run();
        return flow;
    }

    private PeerFlow connected() {
        PeerFlow flow = connect();
        scene.sockets.last().answers(0);
        scene.run();
        assertTrue(flow.isConnected());
        return flow;
    }

    @Test
    void peerHearsOfTheConnectionOnlyWhenTheTargetHasAccepted() {
        PeerFlow flow = connect();
        FakeSocket socket = scene.sockets.last();
        assertEquals(Kind.TCP, socket.kind);
        assertEquals(TARGET, socket.target);
        assertTrue(socket.isWriteWanted && !socket.isReadWanted);
        assertFalse(flow.isConnected());
        socket.answers(0);
        scene.run();
        assertTrue(flow.isConnected());
        assertTrue(socket.isReadWanted && !socket.isWriteWanted);
    }

    @ParameterizedTest
    @CsvSource({
        "111, REFUSED",
        "113, HOST_UNREACHABLE",
        "110, HOST_UNREACHABLE",
        "101, NETWORK_UNREACHABLE",
        "13, PROHIBITED"
    })
    void whyThereIsNoConnectionIsToldAsItIs(int errno, End end) {
        PeerFlow flow = connect();
        scene.sockets.last().answers(errno);
        scene.run();
        assertEquals(end, flow.end);
        assertEquals(0, scene.sockets.open());
        assertTrue(scene.exit.flows().isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"111, REFUSED", "101, NETWORK_UNREACHABLE", "24, PROHIBITED", "11, PROHIBITED"})
    void whatTheKernelRefusesAtOnceIsTold(int errno, End end) {
        scene.sockets.refusal = errno;
        assertEquals(end, connect().end);
        long full = errno == Errno.EMFILE || errno == Errno.EAGAIN ? 1 : 0;
        assertEquals(full, scene.drops.of(DropReason.EGRESS_FULL));
        assertTrue(scene.exit.flows().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "169.254.169.254", "192.168.1.1", "100.64.0.1"})
    void whatIsDeniedHasNoSocket(String target) {
        PeerFlow flow = new PeerFlow(scene.peer, ExitScene.end(target, 80));
        scene.run();
        assertEquals(End.PROHIBITED, flow.end);
        assertTrue(scene.sockets.opened.isEmpty());
        assertEquals(1, scene.drops.of(DropReason.EGRESS_DENIED));
    }

    @Test
    void machinesOwnAddressIsDenied() {
        scene.sockets.own.add(TARGET.address());
        assertEquals(End.PROHIBITED, connect().end);
        assertTrue(scene.sockets.opened.isEmpty());
    }

    @Test
    void nobodysAddressOfTheTunnelIsSoughtNowhere() {
        PeerFlow flow = new PeerFlow(scene.peer, ExitScene.end("10.8.0.77", 80));
        scene.run();
        assertEquals(End.HOST_UNREACHABLE, flow.end);
        assertTrue(scene.sockets.opened.isEmpty());
    }

    @Test
    void nothingListensAtTheGatewaysOwnAddress() {
        PeerFlow flow = new PeerFlow(scene.peer, new Endpoint(ExitScene.GATEWAY, 22));
        scene.run();
        assertEquals(End.REFUSED, flow.end);
    }

    @Test
    void strangersAddressHasNoFlow() {
        PeerFlow flow = new PeerFlow(scene.gateway(), TARGET);
        scene.run();
        assertEquals(0, scene.sockets.opened.size());
        assertFalse(flow.isConnected());
    }

    @Test
    void bytesGoBothWays() {
        PeerFlow flow = connected();
        FakeSocket socket = scene.sockets.last();
        flow.flow.write(HELLO, 0, HELLO.length);
        scene.run();
        assertArrayEquals(HELLO, socket.written.toByteArray());
        socket.comes(new byte[] {4, 5});
        scene.run();
        assertArrayEquals(new byte[] {4, 5}, flow.read());
        ExitFlow told = scene.exit.flows().getFirst();
        assertEquals("tcp", told.kind());
        assertEquals("192.0.2.1:80", told.target());
        assertEquals(3, told.sentBytes());
        assertEquals(2, told.receivedBytes());
    }

    @Test
    void fullSocketHoldsThePeerBackAndLosesNothing() {
        PeerFlow flow = connected();
        FakeSocket socket = scene.sockets.last();
        socket.room = 0;
        byte[] bulk = new byte[20_000_000];
        new Random(1).nextBytes(bulk);
        int written = 0;
        int before = -1;
        while (written > before) {
            before = written;
            written += flow.flow.write(bulk, written, bulk.length - written);
            scene.run();
        }
        assertTrue(written < bulk.length, "the peer was held back");
        assertTrue(socket.isWriteWanted);
        while (socket.written.size() < bulk.length) {
            socket.room = 100_000;
            socket.ready();
            scene.pass(1_000_000);
            written += flow.flow.write(bulk, written, bulk.length - written);
        }
        assertArrayEquals(bulk, socket.written.toByteArray());
    }

    @Test
    void socketIsNotReadWhileThePeerTakesNothing() {
        PeerFlow flow = connected();
        FakeSocket socket = scene.sockets.last();
        byte[] bulk = new byte[20_000_000];
        new Random(2).nextBytes(bulk);
        socket.comes(bulk);
        for (int i = 0; i < 1000 && socket.isReadWanted; i++) {
            socket.ready();
            scene.run();
        }
        assertFalse(socket.isReadWanted);
        assertTrue(socket.left() > 0);
        byte[] got = new byte[bulk.length];
        int read = 0;
        for (int i = 0; i < 10_000 && read < got.length; i++) {
            read += flow.flow.read(got, read, got.length - read);
            scene.pass(1_000_000);
            socket.ready();
        }
        assertArrayEquals(bulk, got);
    }

    @Test
    void endOfEachDirectionIsPassedOnByItself() {
        PeerFlow flow = connected();
        FakeSocket socket = scene.sockets.last();
        flow.flow.write(HELLO, 0, HELLO.length);
        flow.flow.shutdownOutput();
        scene.run();
        assertTrue(socket.isOutputShut);
        assertFalse(socket.isClosed);
        socket.comes(HELLO);
        socket.isEnded = true;
        socket.ready();
        scene.run();
        assertArrayEquals(HELLO, flow.read());
        assertTrue(flow.told.contains("end"));
        assertTrue(socket.isClosed && !socket.isReset);
        assertTrue(scene.exit.flows().isEmpty());
    }

    @Test
    void targetMayEndFirst() {
        PeerFlow flow = connected();
        FakeSocket socket = scene.sockets.last();
        socket.isEnded = true;
        socket.ready();
        scene.run();
        assertTrue(flow.told.contains("end"));
        assertFalse(socket.isClosed || socket.isOutputShut);
        flow.flow.write(HELLO, 0, HELLO.length);
        flow.flow.shutdownOutput();
        scene.run();
        assertArrayEquals(HELLO, socket.written.toByteArray());
        assertTrue(socket.isOutputShut && socket.isClosed);
    }

    @Test
    void resetsArePassedOnBothWays() {
        PeerFlow first = connected();
        first.flow.abort();
        scene.run();
        assertTrue(scene.sockets.last().isReset);
        PeerFlow second = connected();
        FakeSocket socket = scene.sockets.last();
        socket.readError = Errno.ECONNRESET;
        socket.ready();
        scene.run();
        assertEquals(End.RESET, second.end);
        assertTrue(socket.isClosed);
        assertTrue(scene.exit.flows().isEmpty());
    }

    @Test
    void targetThatTakesNoMoreResets() {
        PeerFlow flow = connected();
        scene.sockets.last().writeError = Errno.EPIPE;
        flow.flow.write(HELLO, 0, HELLO.length);
        scene.run();
        assertEquals(End.RESET, flow.end);
    }

    @Test
    void whoGivesUpWhileItConnectsLeavesNothing() {
        PeerFlow flow = connect();
        scene.pass(40_000_000_000L); // longer than the stack keeps an opening
        assertTrue(scene.sockets.opened.getFirst().isClosed);
        flow.flow.close();
        scene.sockets.opened.getFirst().answers(0);
        scene.run();
        assertFalse(flow.isConnected());
    }

    @Test
    void peerAtItsLimitIsRefusedAndOthersAreNot() {
        for (int i = 0; i < 5; i++) {
            connected();
        }
        assertEquals(End.PROHIBITED, connect().end);
        assertEquals(1, scene.drops.of(DropReason.EGRESS_LIMIT));
        PeerFlow others = new PeerFlow(scene.other, TARGET);
        scene.run();
        scene.sockets.last().answers(0);
        scene.run();
        assertTrue(others.isConnected());
        FakeSocket first = scene.sockets.opened.getFirst();
        first.readError = Errno.ECONNRESET;
        first.ready();
        scene.run();
        assertTrue(connected().isConnected(), "a place is free again");
    }

    @Test
    void newFlowsComeNoFasterThanTheyMay() {
        for (int i = 0; i < 20; i++) {
            PeerFlow flow = connected();
            flow.flow.abort();
            scene.run();
        }
        assertEquals(End.PROHIBITED, connect().end);
        scene.nowNs += 100_000_000;
        assertTrue(connected().isConnected());
    }

    @Test
    void removedPeersFlowsEnd() {
        PeerFlow flow = connected();
        scene.isPeerGone = true;
        scene.sweep();
        assertEquals(End.RESET, flow.end);
        assertTrue(scene.sockets.last().isReset);
    }

    @Test
    void closeResetsAll() {
        PeerFlow open = connected();
        connect();
        scene.exit.close();
        scene.run();
        assertEquals(End.RESET, open.end);
        assertEquals(0, scene.sockets.open());
        assertTrue(scene.exit.flows().isEmpty());
    }

    @Test
    void addressThatANameIsReboundToIsJudgedLikeAnyOther() {
        assertTrue(connected().isConnected());
        IpAddress rebound = IpAddress.parse("127.0.0.1");
        PeerFlow flow = new PeerFlow(scene.peer, new Endpoint(rebound, 80));
        scene.run();
        assertFalse(flow.isConnected());
        assertEquals(1, scene.sockets.opened.size());
    }
}
