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
import io.culvert.netstack.PingListener;
import io.culvert.netstack.UdpFlow;
import io.culvert.netstack.Unreached;
import io.culvert.server.exit.FakeSockets.FakeSocket;
import io.culvert.stats.DropReason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** UDP, pings and questions for names. */
final class ExitDatagramTest {
    private static final Endpoint TARGET = ExitScene.end("192.0.2.1", 7);
    private static final byte[] HELLO = {1, 2, 3};

    private final ExitScene scene = new ExitScene(new ExitLimits(5, 20, 0, 100));
    private final List<byte[]> came = new ArrayList<>();
    private final List<String> told = new ArrayList<>();

    private final UdpFlow.Listener listener =
            new UdpFlow.Listener() {
                @Override
                public void onDatagram(
                        UdpFlow flow, Endpoint from, byte[] array, int offset, int length) {
                    byte[] bytes = new byte[length];
                    System.arraycopy(array, offset, bytes, 0, length);
                    came.add(bytes);
                }

                @Override
                public void onUnreachable(UdpFlow flow, Endpoint to, Unreached cause) {
                    told.add(cause.name());
                }

                @Override
                public void onClosed(UdpFlow flow, End end) {}
            };

    private final PingListener pinger =
            new PingListener() {
                @Override
                public void onReply(int identifier, int sequence, long rttNs) {
                    told.add("reply " + sequence);
                }

                @Override
                public void onFailure(int identifier, int sequence, @Nullable Unreached cause) {
                    told.add("failure " + cause);
                }
            };

    private UdpFlow flow(Endpoint target) {
        return scene.peer.openUdp(target, listener);
    }

    private void send(UdpFlow flow, byte[] bytes) {
        flow.send(bytes, 0, bytes.length);
        scene.run();
    }

    @Test
    void datagramsGoBothWays() {
        send(flow(TARGET), HELLO);
        FakeSocket socket = scene.sockets.last();
        assertEquals(Kind.UDP, socket.kind);
        assertArrayEquals(HELLO, socket.datagrams.getFirst());
        socket.comes(new byte[] {9});
        socket.comes(new byte[0]);
        scene.run();
        assertArrayEquals(new byte[] {9}, came.get(0));
        assertEquals(0, came.get(1).length);
        assertEquals("udp", scene.exit.flows().getFirst().kind());
    }

    @Test
    void whatIcmpTellsTheSocketIsToldOn() {
        UdpFlow flow = flow(TARGET);
        send(flow, HELLO);
        FakeSocket socket = scene.sockets.last();
        socket.readError = Errno.ECONNREFUSED;
        socket.ready();
        scene.run();
        assertEquals(List.of("PORT"), told);
        socket.writeError = Errno.EHOSTUNREACH;
        send(flow, HELLO);
        assertEquals(List.of("PORT", "HOST"), told);
    }

    @Test
    void deniedAndRefusedAtOnceAreTold() {
        send(flow(ExitScene.end("10.0.0.1", 7)), HELLO);
        scene.sockets.refusal = Errno.ENETUNREACH;
        send(flow(TARGET), HELLO);
        send(flow(new Endpoint(ExitScene.GATEWAY, 7)), HELLO);
        send(flow(ExitScene.end("10.8.0.99", 7)), HELLO);
        assertEquals(List.of("PROHIBITED", "NETWORK", "PORT", "HOST"), told);
        assertTrue(scene.exit.flows().isEmpty());
    }

    @Test
    void quietFlowEndsSoonUntilBothHaveSpokenTwice() {
        UdpFlow single = flow(TARGET);
        send(single, HELLO);
        UdpFlow assured = flow(ExitScene.end("192.0.2.2", 7));
        send(assured, HELLO);
        scene.sockets.last().comes(HELLO);
        send(assured, HELLO);
        assertEquals(2, scene.sockets.open());
        for (int i = 0; i < 7; i++) {
            scene.sweep();
        }
        assertEquals(1, scene.sockets.open());
        assertFalse(scene.sockets.last().isClosed);
        for (int i = 0; i < 30; i++) {
            scene.sweep();
        }
        assertEquals(0, scene.sockets.open());
        assertTrue(scene.exit.flows().isEmpty());
    }

    @Test
    void manyFlowsOfOnePeerAreRefused() {
        for (int i = 0; i < 6; i++) {
            send(flow(TARGET), HELLO);
        }
        assertEquals(5, scene.sockets.open());
        assertEquals(List.of("PROHIBITED"), told);
        assertEquals(1, scene.drops.of(DropReason.EGRESS_LIMIT));
    }

    private void ping(String address, int sequence) {
        scene.peer.ping(IpAddress.parse(address), 77, sequence, new byte[] {5, 6}, pinger);
        scene.run();
    }

    @Test
    void pingIsAnsweredWhenTheTargetAnswers() {
        ping("192.0.2.1", 3);
        FakeSocket socket = scene.sockets.last();
        assertEquals(Kind.PING, socket.kind);
        byte[] sent = socket.datagrams.getFirst();
        assertArrayEquals(new byte[] {8, 0, 0, 0, 0, 0, 0, 1, 5, 6}, sent);
        assertTrue(told.isEmpty());
        byte[] reply = sent.clone();
        reply[0] = 0;
        socket.comes(new byte[] {0});
        socket.comes(reply);
        socket.comes(reply);
        scene.run();
        assertEquals(List.of("reply 3"), told);
        ping("192.0.2.1", 4);
        assertEquals(1, scene.sockets.opened.size());
    }

    @Test
    void pingsFailureIsTold() {
        ping("192.0.2.1", 3);
        FakeSocket socket = scene.sockets.last();
        socket.readError = Errno.EHOSTUNREACH;
        socket.ready();
        scene.run();
        ping("10.0.0.1", 4);
        ping("10.8.0.99", 5);
        assertEquals(List.of("failure HOST", "failure PROHIBITED", "failure HOST"), told);
    }

    @Test
    void pingsWithoutAnswerDoNotKeepLaterOnesBack() {
        for (int i = 0; i < 100; i++) {
            ping("192.0.2.1", i);
        }
        FakeSocket socket = scene.sockets.last();
        assertEquals(100, socket.datagrams.size());
        byte[] reply = socket.datagrams.getLast().clone();
        reply[0] = 0;
        socket.comes(reply);
        scene.run();
        assertTrue(told.contains("reply 99"), told::toString);
    }

    @Test
    void withoutPingSocketsNobodyAnswers() {
        scene.sockets.refusal = Errno.EACCES;
        ping("192.0.2.1", 3);
        assertTrue(told.isEmpty());
        assertTrue(scene.exit.flows().isEmpty());
    }

    @Test
    void gatewayItselfAnswersPings() {
        ping("10.8.0.1", 1);
        assertEquals(List.of("reply 1"), told);
    }

    private static byte[] question(int identifier) {
        return new byte[] {
            (byte) (identifier >> 8), (byte) identifier, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0
        };
    }

    @Test
    void questionGoesOnWithAnIdentifierOfItsOwn() {
        send(flow(new Endpoint(ExitScene.GATEWAY, 53)), question(0x1234));
        FakeSocket socket = scene.sockets.last();
        assertEquals(ExitScene.RESOLVER, socket.target);
        byte[] answer = socket.datagrams.getFirst().clone();
        answer[2] = (byte) 0x81;
        byte[] forged = answer.clone();
        forged[0]++;
        socket.comes(forged);
        scene.run();
        assertTrue(came.isEmpty());
        socket.comes(answer);
        scene.run();
        byte[] expected = question(0x1234);
        expected[2] = (byte) 0x81;
        assertArrayEquals(expected, came.getFirst());
        assertEquals(0, scene.sockets.open());
    }

    @Test
    void silentResolverIsFollowedByTheNext() {
        send(flow(new Endpoint(ExitScene.GATEWAY, 53)), question(1));
        scene.loop.timers.getLast().action.run();
        FakeSocket second = scene.sockets.last();
        assertEquals(ExitScene.SECOND_RESOLVER, second.target);
        assertEquals(1, scene.sockets.open());
        second.readError = Errno.ECONNREFUSED;
        second.ready();
        assertEquals(ExitScene.RESOLVER, scene.sockets.last().target);
        scene.loop.timers.getLast().action.run();
        scene.loop.timers.getLast().action.run();
        assertEquals(4, scene.sockets.opened.size());
        assertEquals(0, scene.sockets.open());
        assertTrue(scene.exit.flows().isEmpty());
    }

    @Test
    void whatIsNoQuestionGoesNowhere() {
        UdpFlow flow = flow(new Endpoint(ExitScene.GATEWAY, 53));
        send(flow, new byte[11]);
        send(flow, new byte[5000]);
        byte[] answer = question(1);
        answer[2] = (byte) 0x80;
        send(flow, answer);
        assertTrue(scene.sockets.opened.isEmpty());
    }

    @Test
    void questionsByTcpGoToTheResolver() {
        PeerFlow flow = new PeerFlow(scene.peer, new Endpoint(ExitScene.GATEWAY, 53));
        scene.run();
        assertEquals(ExitScene.RESOLVER, scene.sockets.last().target);
        scene.sockets.last().answers(0);
        scene.run();
        assertTrue(flow.isConnected());
        assertEquals("dns", scene.exit.flows().getFirst().kind());
    }

    @Test
    void readsResolvConf() {
        String text =
                """
                # nameserver 1.1.1.1
                nameserver 192.0.2.9
                search a
                 nameserver fe80::1%eth0
                nameserver\t2001:db8::9 # b
                """;
        assertEquals(
                "[192.0.2.9:53, [2001:db8::9]:53]", Resolvers.parse(text).servers().toString());
    }
}
