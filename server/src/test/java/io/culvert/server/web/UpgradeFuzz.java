package io.culvert.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Upgrade requests with anything wrong, as fast as they go: never let in, never a 500. */
@Tag("slow")
@Tag("loopback")
final class UpgradeFuzz {
    private static final long SEED = Long.getLong("culvert.seed", 20_261_123L);
    private static final int REQUESTS = 100_000;
    private static final long MOST_NS = 60_000_000_000L;
    private static final List<String> LINES =
            List.of(
                    "Upgrade: websocket",
                    "Connection: Upgrade",
                    "Sec-WebSocket-Key: " + RawHttp.KEY,
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Protocol: culvert.1",
                    "Sec-WebSocket-Extensions: permessage-deflate",
                    "Authorization: Bearer guess",
                    "Authorization: Bearer ",
                    "X-Forwarded-For: 1.2.3.4",
                    "Origin: https://other.test",
                    "Content-Length: 0");

    private final SplittableRandom random = new SplittableRandom(SEED);

    @Test
    void letsNobodyInAndNeverFails() throws Exception {
        System.out.println("seed " + SEED);
        try (Gate gate = Gate.start(Gate.settings(Gate.ANY_HTTP, null))) {
            long startNs = System.nanoTime();
            int answered = 0;
            while (answered < REQUESTS && System.nanoTime() - startNs < MOST_NS) {
                answered += talk(gate.port(), Math.min(200, REQUESTS - answered));
            }
            long tookMs = (System.nanoTime() - startNs) / 1_000_000;
            System.out.println(answered + " requests answered in " + tookMs + " ms");
            assertTrue(answered >= REQUESTS / 10, "only " + answered);
            assertEquals(0, gate.echo.opened.get());
            assertTrue(gate.isLoopAlive());
            String after = RawHttp.exchange(gate.port(), "GET / HTTP/1.0\r\n\r\n");
            assertTrue(after.startsWith("HTTP/1.1 200"), after);
        }
    }

    /** One connection, until the gateway closes it or so many requests are answered. */
    private int talk(int port, int most) throws IOException {
        int answered = 0;
        try (Socket socket = RawHttp.connect(port)) {
            socket.setSoTimeout(5000);
            InputStream in = new BufferedInputStream(socket.getInputStream(), 4096);
            while (answered < most) {
                boolean isClean = random.nextInt(20) != 0;
                RawHttp.send(socket, isClean ? request() : mutate(request()));
                if (!isClean) {
                    socket.shutdownOutput(); // what is cut short ends here
                }
                String head = RawHttp.head(in);
                if (head.isEmpty()) {
                    return answered + 1; // closed without a word
                }
                answered++;
                int status = Integer.parseInt(head.substring(9, 12));
                assertFalse(status == 101 || (status >= 500 && status != 505), head);
                skipBody(in, head);
                if (!isClean || head.contains("Connection: close")) {
                    return answered;
                }
            }
        } catch (SocketException reset) { // closed while we wrote
            return answered + 1;
        }
        return answered;
    }

    private static void skipBody(InputStream in, String head) throws IOException {
        Matcher length = Pattern.compile("Content-Length: (\\d+)").matcher(head);
        if (length.find()) {
            in.skipNBytes(Long.parseLong(length.group(1)));
        }
    }

    /** A well-formed request with some of the lines, in any order, and never a right token. */
    private String request() {
        StringBuilder text = new StringBuilder("GET /connect HTTP/1.1\r\nHost: gateway.test\r\n");
        for (int i = random.nextInt(LINES.size() + 1); i > 0; i--) {
            text.append(LINES.get(random.nextInt(LINES.size()))).append("\r\n");
        }
        return text.append("\r\n").toString();
    }

    /** The same with bytes changed, doubled or cut off. */
    private String mutate(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        String changed = new String(bytes, StandardCharsets.ISO_8859_1);
        return changed.substring(0, random.nextInt(1, changed.length() + 1));
    }
}
