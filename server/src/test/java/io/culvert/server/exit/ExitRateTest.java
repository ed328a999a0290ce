package io.culvert.server.exit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.netstack.Endpoint;
import io.culvert.netstack.UdpFlow;
import io.culvert.server.exit.FakeSockets.FakeSocket;
import io.culvert.server.testkit.ManualLoop.ManualTimer;
import io.culvert.stats.DropReason;
import org.junit.jupiter.api.Test;

/** How much a peer may move, each way. */
final class ExitRateTest {
    private static final Endpoint TARGET = ExitScene.end("192.0.2.1", 80);
    private static final int BYTES_PER_SECOND = 1_000_000;
    private static final int BURST = BYTES_PER_SECOND / 4;
    private static final long STEP_NS = 5_000_000;
    private static final int STEPS_A_SECOND = 200;

    private final ExitScene scene = new ExitScene(new ExitLimits(5, 20, BYTES_PER_SECOND, 100));

    private PeerFlow connected() {
        PeerFlow flow = new PeerFlow(scene.peer, TARGET);
        scene.run();
        scene.sockets.last().answers(0);
        scene.run();
        assertTrue(flow.isConnected());
        return flow;
    }

    /** Some milliseconds, and what the loop would do in them. */
    private void step() {
        scene.pass(STEP_NS);
        for (ManualTimer timer : scene.loop.timers.subList(1, 2)) {
            if (timer.delayNs > 0) {
                timer.delayNs = 0;
                timer.action.run();
            }
        }
        scene.sockets.opened.forEach(FakeSocket::ready);
        scene.run();
    }

    private static void assertRate(long moved, int seconds) {
        long most = BURST + (long) BYTES_PER_SECOND * seconds;
        assertTrue(moved <= most + BYTES_PER_SECOND / 50, () -> moved + " of " + most);
        assertTrue(moved >= most * 9 / 10, () -> moved + " of " + most);
    }

    @Test
    void peerReceivesNoMoreThanItMay() {
        PeerFlow flow = connected();
        scene.sockets.last().comes(new byte[8 * BYTES_PER_SECOND]);
        long received = 0;
        for (int i = 0; i < 3 * STEPS_A_SECOND; i++) {
            step();
            received += flow.read().length;
        }
        assertRate(received, 3);
    }

    @Test
    void peerSendsNoMoreThanItMay() {
        PeerFlow flow = connected();
        FakeSocket socket = scene.sockets.last();
        byte[] block = new byte[1 << 16];
        for (int i = 0; i < 3 * STEPS_A_SECOND; i++) {
            flow.flow.write(block, 0, block.length);
            step();
        }
        assertRate(socket.written.size(), 3);
    }

    @Test
    void flowsOfOnePeerShareWhatItMay() {
        PeerFlow first = connected();
        FakeSocket firstSocket = scene.sockets.last();
        PeerFlow second = connected();
        firstSocket.comes(new byte[8 * BYTES_PER_SECOND]);
        scene.sockets.last().comes(new byte[8 * BYTES_PER_SECOND]);
        long[] received = new long[2];
        for (int i = 0; i < 3 * STEPS_A_SECOND; i++) {
            step();
            received[0] += first.read().length;
            received[1] += second.read().length;
        }
        assertRate(received[0] + received[1], 3);
        assertTrue(received[0] > BYTES_PER_SECOND, () -> received[0] + " of the first");
        assertTrue(received[1] > BYTES_PER_SECOND, () -> received[1] + " of the second");
    }

    @Test
    void flowThatEndsWhileItWaitsIsWaitedForNoMore() {
        PeerFlow flow = connected();
        scene.sockets.last().comes(new byte[BYTES_PER_SECOND]);
        for (int i = 0; i < 10; i++) {
            step();
        }
        flow.flow.abort();
        scene.run();
        step();
        assertEquals(0, scene.sockets.open());
        assertEquals(0, scene.loop.timers.get(1).delayNs);
    }

    @Test
    void datagramsBeyondItAreDropped() {
        UdpFlow flow = scene.peer.openUdp(TARGET, new Deaf());
        byte[] datagram = new byte[1200];
        for (int i = 0; i < 300; i++) {
            flow.send(datagram, 0, datagram.length);
            scene.run();
        }
        FakeSocket socket = scene.sockets.last();
        long sent = socket.datagrams.size();
        assertTrue(sent >= BURST / 1200 - 1 && sent < 300, () -> sent + " sent");
        assertEquals(300 - sent, scene.drops.of(DropReason.EGRESS_LIMIT));
    }

    /** Hears nothing. */
    private static final class Deaf implements UdpFlow.Listener {
        @Override
        public void onDatagram(UdpFlow flow, Endpoint from, byte[] array, int offset, int length) {}

        @Override
        public void onUnreachable(UdpFlow flow, Endpoint to, io.culvert.netstack.Unreached cause) {}

        @Override
        public void onClosed(UdpFlow flow, io.culvert.netstack.End end) {}
    }
}
