package io.culvert.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.server.tls.GatewayTls;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that take their time. */
@Tag("loopback")
@Timeout(60)
final class DeadlinesIT {
    private static final WebLimits SHORT = limits(100);
    private static final String GET = "GET / HTTP/1.1\r\nHost: gateway.test\r\n\r\n";

    @TempDir private Path folder;

    @Test
    void closesAClientThatSendsItsFirstRequestByteByByte() throws Exception {
        try (Gate gate = open();
                Socket socket = RawHttp.connect(gate.port())) {
            long tookNs = dripUntilClosed(socket, GET.replace("\r\n\r\n", "\r\nX: "));
            assertTrue(tookNs < 4_000_000_000L, "took " + tookNs);
        }
    }

    @Test
    void closesAClientThatShakesHandsByteByByte() throws Exception {
        GatewayTls tls = GatewayTls.open(null, folder, Instant.now());
        try (Gate gate = Gate.start(Gate.with(Gate.settings(Gate.ANY_HTTPS, tls), SHORT));
                Socket socket = RawHttp.connect(gate.port())) {
            long tookNs = dripUntilClosed(socket, "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc");
            assertTrue(tookNs < 4_000_000_000L, "took " + tookNs);
        }
    }

    @Test
    void closesAClientThatSendsItsSecondRequestByteByByte() throws Exception {
        try (Gate gate = open();
                Socket socket = RawHttp.connect(gate.port())) {
            RawHttp.send(socket, GET);
            assertTrue(RawHttp.head(socket.getInputStream()).startsWith("HTTP/1.1 200"));
            long tookNs = dripUntilClosed(socket, GET.replace("\r\n\r\n", "\r\nX: "));
            assertTrue(tookNs > 1_000_000_000L && tookNs < 6_000_000_000L, "took " + tookNs);
        }
    }

    @Test
    void leavesAnIdleTunnelAlone() throws Exception {
        try (Gate gate = open();
                Socket socket = RawHttp.connect(gate.port())) {
            RawHttp.send(
                    socket, RawHttp.upgrade("/connect", "Authorization: Bearer " + Gate.TOKEN));
            assertTrue(RawHttp.head(socket.getInputStream()).startsWith("HTTP/1.1 101"));
            socket.setSoTimeout(4_000); // twice and more what a request may take
            assertThrows(
                    SocketTimeoutException.class,
                    () -> socket.getInputStream().read(),
                    "neither a byte nor an end");
            assertEquals(1, gate.tunnels());
            RawHttp.send(socket, "\u0082\u0083\0\0\0\0abc");
            assertEquals(5, socket.getInputStream().readNBytes(5).length);
        }
    }

    @Test
    void servesOthersWhenAllPlacesAreTakenAndFreedAgain() throws Exception {
        WebLimits few = limits(5);
        try (Gate gate = Gate.start(Gate.with(Gate.settings(Gate.ANY_HTTP, null), few))) {
            Socket[] idle = new Socket[20];
            for (int i = 0; i < idle.length; i++) {
                idle[i] = RawHttp.connect(gate.port());
            }
            try (Socket socket = RawHttp.connect(gate.port())) {
                RawHttp.send(socket, GET);
                String head = RawHttp.head(socket.getInputStream());
                assertFalse(head.isEmpty());
            } finally {
                for (Socket socket : idle) {
                    socket.close();
                }
            }
        }
    }

    private static WebLimits limits(int connections) {
        Duration second = Duration.ofSeconds(1);
        return new WebLimits(second, Duration.ofSeconds(2), second, connections, 0, connections);
    }

    @Test
    void closesATunnelThatNoPeerSpeaksThrough() throws Exception {
        try (Gate gate = open();
                Socket socket = RawHttp.connect(gate.port())) {
            gate.isProven = false;
            RawHttp.send(
                    socket, RawHttp.upgrade("/connect", "Authorization: Bearer " + Gate.TOKEN));
            assertTrue(RawHttp.head(socket.getInputStream()).startsWith("HTTP/1.1 101"));
            socket.setSoTimeout(5000);
            assertEquals(0x88, socket.getInputStream().read(), "a close frame");
        }
    }

    private static Gate open() throws Exception {
        return Gate.start(Gate.with(Gate.settings(Gate.ANY_HTTP, null), SHORT));
    }

    /** Sends the text and then more of nothing, a byte at a time, until the other side closes. */
    private static long dripUntilClosed(Socket socket, String text) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        long startNs = System.nanoTime();
        socket.setSoTimeout(50);
        for (int i = 0; i < 400; i++) {
            try {
                socket.getOutputStream().write(i < bytes.length ? bytes[i] : 'x');
                if (socket.getInputStream().read() < 0) {
                    return System.nanoTime() - startNs;
                }
            } catch (SocketTimeoutException ignored) { // still open: the next byte
            } catch (IOException reset) {
                return System.nanoTime() - startNs;
            }
        }
        throw new AssertionError("never closed");
    }
}
