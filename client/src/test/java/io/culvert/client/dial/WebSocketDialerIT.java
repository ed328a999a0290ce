package io.culvert.client.dial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierInfo;
import io.culvert.client.loop.NettyLoop;
import io.culvert.client.testkit.LeakWatch;
import io.culvert.client.testkit.TestGateway;
import io.culvert.client.testkit.TestGateway.Manner;
import io.culvert.client.tls.Trust;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The dialer against a gateway without TLS: what is about connections, not about trust. */
@Tag("loopback")
@ExtendWith(LeakWatch.class)
class WebSocketDialerIT {
    private static final Trust NONE = new Trust.SystemStore();

    @ParameterizedTest
    @EnumSource(NettyLoop.Transport.class)
    void carriesDatagramsThereAndBack(NettyLoop.Transport transport) throws Exception {
        try (TestGateway gateway = TestGateway.ws(Manner.ECHO, 0);
                DialBench bench = new DialBench(transport)) {
            bench.dial("ws://localhost:" + gateway.port() + "/connect", NONE);
            Carrier carrier = bench.recorder().awaitOpen();
            for (int i = 1; i <= 100; i++) {
                byte[] datagram = bench.randomBytes(13 * i);
                bench.send(carrier, datagram);
                assertArrayEquals(datagram, bench.recorder().awaitDatagram());
            }
            assertTrue(gateway.peers().get(0).heardHello());
            assertTrue(bench.recorder().events().contains("hello"));
            assertEquals(1, bench.recorder().threads().size());
        }
    }

    @Test
    void tellsItsState() throws Exception {
        try (TestGateway gateway = TestGateway.ws(Manner.ECHO, 0);
                DialBench bench = new DialBench()) {
            WebSocketDialer dialer = bench.prepare("ws://localhost:" + gateway.port(), NONE);
            assertEquals(CarrierInfo.State.DOWN, dialer.info().state());
            assertNull(dialer.info().remote());
            dialer.start();
            bench.recorder().awaitOpen();
            assertTrue(isUp(dialer));
            assertEquals("ws", dialer.info().kind());
            assertEquals("127.0.0.1:" + gateway.port(), dialer.info().remote());
            dialer.stop();
            assertEquals("closed", bench.recorder().awaitEnding());
            bench.await(() -> gateway.peers().get(0).isClosed());
            assertEquals(CarrierInfo.State.DOWN, dialer.info().state());
            assertTrue(bench.recorder().nothingOpens(500), "dialled after stop");
        }
    }

    @Test
    void asksLikeBrowserAndKnocksWithItsToken() throws Exception {
        try (TestGateway gateway = TestGateway.ws(Manner.ECHO, 0);
                DialBench bench = new DialBench().withToken("secret-1")) {
            bench.dial("ws://localhost:" + gateway.port() + "/a/b?c=d", NONE);
            bench.recorder().awaitOpen();
            String head = gateway.requests().get(0);
            assertTrue(head.startsWith("GET /a/b?c=d HTTP/1.1\r\nHost: localhost:"), head);
            assertEquals("Bearer secret-1", TestGateway.header(head, "Authorization"));
            assertEquals("culvert.1", TestGateway.header(head, "Sec-WebSocket-Protocol"));
            assertEquals("http://localhost:" + gateway.port(), TestGateway.header(head, "Origin"));
        }
    }

    @Test
    void speaksBareWithGatewayThatChoosesNoSubprotocol() throws Exception {
        try (TestGateway gateway = TestGateway.ws(Manner.BARE_ECHO, 0);
                DialBench bench = new DialBench()) {
            bench.dial("ws://localhost:" + gateway.port(), NONE);
            Carrier carrier = bench.recorder().awaitOpen();
            bench.send(carrier, new byte[] {1, 2, 3});
            assertArrayEquals(new byte[] {1, 2, 3}, bench.recorder().awaitDatagram());
            assertFalse(bench.recorder().events().contains("hello"));
        }
    }

    @Test
    void takesTheAddressThatAnswers() throws Exception {
        try (TestGateway gateway = TestGateway.ws(Manner.ECHO, 0);
                DialBench bench = new DialBench()) {
            bench.resolve("127.0.0.2", "::1", "127.0.0.1"); // nobody listens on the first two
            WebSocketDialer dialer = bench.dial("ws://gw.test:" + gateway.port(), NONE);
            bench.recorder().awaitOpen();
            assertEquals("127.0.0.1:" + gateway.port(), dialer.info().remote());
            assertEquals(1, gateway.requests().size());
        }
    }

    @Test
    void overtakesAnAddressThatAcceptsAndSaysNothing() throws Exception {
        try (TestGateway gateway = TestGateway.ws(Manner.ECHO, 0);
                TestGateway silent = TestGateway.at("127.0.0.3", Manner.SILENT, gateway.port());
                DialBench bench = new DialBench()) {
            bench.resolve("127.0.0.3", "127.0.0.1");
            WebSocketDialer dialer = bench.dial("ws://gw.test:" + gateway.port(), NONE);
            bench.recorder().awaitOpen();
            assertEquals("127.0.0.1:" + gateway.port(), dialer.info().remote());
            assertEquals(1, silent.requests().size());
        }
    }

    @Test
    void reconnectsWhenTheConnectionIsCut() throws Exception {
        try (TestGateway gateway = TestGateway.ws(Manner.ECHO, 0);
                DialBench bench = new DialBench()) {
            WebSocketDialer dialer = bench.dial("ws://localhost:" + gateway.port(), NONE);
            bench.recorder().awaitOpen();
            bench.await(() -> !gateway.peers().isEmpty());
            gateway.peers().get(0).cut();
            assertEquals("closed", bench.recorder().awaitEnding());
            Carrier second = bench.recorder().awaitOpen();
            bench.send(second, new byte[] {9});
            assertArrayEquals(new byte[] {9}, bench.recorder().awaitDatagram());
            assertTrue(isUp(dialer));
        }
    }

    @Test
    void reconnectsAfterTheGatewayWasAway() throws Exception {
        try (DialBench bench = new DialBench()) {
            int port;
            WebSocketDialer dialer;
            try (TestGateway first = TestGateway.ws(Manner.ECHO, 0)) {
                port = first.port();
                dialer = bench.dial("ws://localhost:" + port, NONE);
                bench.recorder().awaitOpen();
            }
            assertEquals("closed", bench.recorder().awaitEnding());
            assertTrue(bench.recorder().nothingOpens(700));
            assertFalse(isUp(dialer));
            assertEquals(CarrierInfo.State.CONNECTING, dialer.info().state());
            assertTrue(bench.lookups() >= 1);
            try (TestGateway second = TestGateway.ws(Manner.ECHO, port)) {
                Carrier carrier = bench.recorder().awaitOpen();
                bench.send(carrier, new byte[] {4});
                assertArrayEquals(new byte[] {4}, bench.recorder().awaitDatagram());
                assertTrue(bench.lookups() >= 2, "no new lookup after failures");
                assertEquals(1, second.requests().size());
            }
        }
    }

    @Test
    void makesTheNewConnectionBeforeItBreaksOneThatDrains() throws Exception {
        try (TestGateway gateway = TestGateway.ws(Manner.ECHO, 0);
                DialBench bench = new DialBench()) {
            bench.dial("ws://localhost:" + gateway.port(), NONE);
            bench.recorder().awaitOpen();
            gateway.peers().get(0).drain(100);
            assertEquals("drain", bench.recorder().awaitEnding());
            assertEquals("closed", bench.recorder().awaitEnding());
            Carrier second = bench.recorder().awaitOpen();
            bench.send(second, new byte[] {5});
            assertArrayEquals(new byte[] {5}, bench.recorder().awaitDatagram());
            bench.await(() -> gateway.peers().get(0).isClosed());
            assertEquals(2, gateway.requests().size());
        }
    }

    private static boolean isUp(WebSocketDialer dialer) {
        return dialer.info().state() == CarrierInfo.State.UP;
    }

    @Test
    void keepsConnectionThatProvesItselfAfterTheNetworkChanged() throws Exception {
        try (TestGateway gateway = TestGateway.ws(Manner.ECHO, 0);
                DialBench bench = new DialBench()) {
            WebSocketDialer dialer = bench.dial("ws://localhost:" + gateway.port(), NONE);
            bench.recorder().awaitOpen();
            dialer.onNetworkChange();
            assertTrue(bench.recorder().nothingOpens(4_000), "a new connection for nothing");
            assertTrue(isUp(dialer));
            assertFalse(bench.recorder().events().contains("closed"));
        }
    }

    @Test
    void leavesConnectionThatDoesNotAnswerAfterTheNetworkChanged() throws Exception {
        try (TestGateway gateway = TestGateway.ws(Manner.DEAF, 0);
                DialBench bench = new DialBench()) {
            WebSocketDialer dialer = bench.dial("ws://localhost:" + gateway.port(), NONE);
            bench.recorder().awaitOpen();
            dialer.onNetworkChange();
            assertEquals("closed", bench.recorder().awaitEnding());
            bench.recorder().awaitOpen();
            assertEquals(2, gateway.requests().size());
        }
    }

    @Test
    void dialsAtOnceWhenTheNetworkCameBack() throws Exception {
        try (TestGateway gateway = TestGateway.ws(Manner.NOT_FOUND, 0);
                DialBench bench = new DialBench()) {
            WebSocketDialer dialer = bench.dial("ws://localhost:" + gateway.port(), NONE);
            // The waits until the sixth double from 0.2 s: the next one is 3.2 s at least.
            bench.await(() -> gateway.requests().size() >= 6);
            gateway.become(Manner.ECHO);
            dialer.onNetworkChange();
            bench.recorder().awaitOpen();
            assertEquals(7, gateway.requests().size());
        }
    }

    @Test
    void stopsWritingToGatewayThatDoesNotRead() throws Exception {
        try (TestGateway gateway = TestGateway.ws(Manner.DEAF, 0);
                DialBench bench = new DialBench()) {
            bench.dial("ws://localhost:" + gateway.port(), NONE);
            Carrier carrier = bench.recorder().awaitOpen();
            int sent = 0;
            while (sent < 4_000 && bench.sendIfWritable(carrier, new byte[16_000])) {
                sent++;
            }
            assertTrue(sent > 2 && sent < 1_000, sent + " datagrams of 16000 were taken");
            assertFalse(bench.sendIfWritable(carrier, new byte[1]));
        }
    }

    @Test
    void keepsTryingWhereTheAnswerIsNotFound() throws Exception {
        try (TestGateway gateway = TestGateway.ws(Manner.NOT_FOUND, 0);
                DialBench bench = new DialBench()) {
            WebSocketDialer dialer = bench.dial("ws://localhost:" + gateway.port(), NONE);
            bench.await(() -> gateway.requests().size() >= 3);
            assertFalse(isUp(dialer));
            assertTrue(bench.recorder().events().isEmpty());
        }
    }

    @Test
    void givesUpOnAnAttemptAfterItsTimeLimit() throws Exception {
        try (TestGateway gateway = TestGateway.ws(Manner.SILENT, 0);
                DialBench bench = new DialBench().withTimeout(300)) {
            bench.dial("ws://localhost:" + gateway.port(), NONE);
            bench.await(() -> gateway.requests().size() >= 2);
        }
    }
}
