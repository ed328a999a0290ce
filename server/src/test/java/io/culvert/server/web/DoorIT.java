package io.culvert.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.server.config.Website;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an upgrade request tells those who are not entitled: what the website says, no more. */
@Tag("loopback")
final class DoorIT {
    private static final String AUTH = "Authorization: Bearer " + Gate.TOKEN;
    private static final String RIGHT = RawHttp.upgrade("/connect", AUTH);

    /** Ends the conversation, and shows that the connection stands as it should. */
    private static final String FAREWELL =
            "GET / HTTP/1.1\r\nHost: gateway.test\r\nConnection: close\r\n\r\n";

    @TempDir private Path folder;

    @Test
    void opensToTheEntitled() throws Exception {
        try (Gate gate = Gate.start(Gate.settings(Gate.ANY_HTTP, null));
                Socket socket = RawHttp.connect(gate.port())) {
            RawHttp.send(
                    socket,
                    RawHttp.upgrade(
                            "/connect",
                            AUTH,
                            "Sec-WebSocket-Protocol: chat, culvert.1",
                            "Sec-WebSocket-Extensions: permessage-deflate"));
            String head = RawHttp.timeless(RawHttp.head(socket.getInputStream()));
            assertEquals(
                    """
                    HTTP/1.1 101 Switching Protocols\r
                    Upgrade: websocket\r
                    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
                    Sec-WebSocket-Protocol: culvert.1\r
                    Connection: Upgrade\r
                    \r
                    """,
                    head);
        }
    }

    @Test
    void opensWithoutSubprotocolAsBare() throws Exception {
        try (Gate gate = Gate.start(Gate.settings(Gate.ANY_HTTP, null));
                Socket socket = RawHttp.connect(gate.port())) {
            RawHttp.send(socket, RawHttp.upgrade("/connect", AUTH, "Sec-WebSocket-Protocol: v1"));
            String head = RawHttp.head(socket.getInputStream());
            assertTrue(head.startsWith("HTTP/1.1 101 "), head);
            assertFalse(head.contains("Sec-WebSocket-Protocol"), head);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "folder", "folder with that name"})
    void answersEverybodyElseAsTheWebsiteWould(String kind) throws Exception {
        Website website = website(kind);
        WebFrontSettings settings = Gate.with(Gate.settings(Gate.ANY_HTTP, null), website);
        try (Gate gate = Gate.start(settings);
                Gate noDoor = Gate.start(settings, "/0815")) {
            Map<String, String> requests = refused();
            assertTrue(requests.size() >= 40, "only " + requests.size());
            for (Map.Entry<String, String> request : requests.entrySet()) {
                String text = request.getValue() + FAREWELL;
                String answer = RawHttp.exchange(gate.port(), text);
                assertEquals(RawHttp.exchange(noDoor.port(), text), answer, request.getKey());
                assertTrue(answer.startsWith("HTTP/1.1 "), request.getKey() + ": " + answer);
                assertFalse(answer.startsWith("HTTP/1.1 101"), request.getKey());
                String lower = answer.toLowerCase(Locale.ROOT);
                assertFalse(lower.contains("jetty"), answer);
                assertFalse(lower.contains("culvert"), answer);
                assertFalse(lower.contains("websocket"), answer);
            }
            assertEquals(0, gate.echo.opened.get());
        }
    }

    @Test
    void answersARefusedUpgradeLikeAPlainGet() throws Exception {
        try (Gate gate = Gate.start(Gate.settings(Gate.ANY_HTTP, null))) {
            String plain = "GET /connect HTTP/1.1\r\nHost: gateway.test\r\n\r\n" + FAREWELL;
            String refused = RawHttp.upgrade("/connect") + FAREWELL;
            assertEquals(
                    RawHttp.exchange(gate.port(), plain), RawHttp.exchange(gate.port(), refused));
        }
    }

    private Website website(String kind) throws IOException {
        if (kind.equals("plain")) {
            return new Website.Plain();
        }
        Files.writeString(folder.resolve("index.html"), "<p>Welcome</p>");
        if (kind.equals("folder with that name")) {
            Files.writeString(folder.resolve("connect"), "contact us");
        }
        return new Website.Folder(folder);
    }

    /** Requests by what is wrong with them. */
    private static Map<String, String> refused() {
        Map<String, String> requests = new LinkedHashMap<>();
        requests.put("no token", RawHttp.upgrade("/connect"));
        for (String header :
                List.of(
                        "Authorization: Bearer wrong",
                        "Authorization: Bearer secre",
                        "Authorization: Bearer secrets",
                        "Authorization: Bearer SECRET",
                        "Authorization: Bearer",
                        "Authorization: Basic " + Gate.TOKEN,
                        "Authorization: " + Gate.TOKEN,
                        AUTH + "\r\n" + AUTH,
                        "Sec-WebSocket-Protocol: culvert.1")) {
            requests.put(header, RawHttp.upgrade("/connect", header));
        }
        for (String path :
                List.of("/", "/connect/", "/connect/x", "/Connect", "/connectx", "//connect")) {
            requests.put(path, RawHttp.upgrade(path, AUTH));
        }
        for (String path :
                List.of("/./connect", "/connect;a=b", "/%63onnect", "/a/../connect", "*")) {
            requests.put(path, RawHttp.upgrade(path, AUTH));
        }
        for (String method : List.of("POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "get")) {
            requests.put(method, RIGHT.replaceFirst("GET", method));
        }
        wrongHeaders(requests);
        wrongHttp(requests);
        return requests;
    }

    private static void wrongHeaders(Map<String, String> requests) {
        for (String name :
                List.of("Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version")) {
            requests.put("no " + name, RIGHT.replaceFirst(name + ": .*\r\n", ""));
        }
        for (String version : List.of("8", "7", "14", "13, 8", "x")) {
            requests.put("version " + version, with("Sec-WebSocket-Version", version));
        }
        for (String key : List.of("x", "AAAA", RawHttp.KEY + "AAAA", "?".repeat(24))) {
            requests.put("key " + key, with("Sec-WebSocket-Key", key));
        }
        requests.put("key twice", RawHttp.upgrade("/connect", AUTH, "Sec-WebSocket-Key: a"));
        requests.put("h2c", with("Upgrade", "h2c"));
        requests.put("connection", with("Connection", "keep-alive"));
        requests.put("close", with("Connection", "close, Upgrade"));
    }

    private static void wrongHttp(Map<String, String> requests) {
        requests.put("1.0", RIGHT.replaceFirst("HTTP/1.1", "HTTP/1.0"));
        requests.put("body", RawHttp.upgrade("/connect", AUTH, "Content-Length: 5") + "hello");
        requests.put(
                "chunks",
                RawHttp.upgrade("/connect", AUTH, "Transfer-Encoding: chunked") + "0\r\n\r\n");
        requests.put("no host", RIGHT.replaceFirst("Host: .*\r\n", ""));
        requests.put("two hosts", RawHttp.upgrade("/connect", AUTH, "Host: other.test"));
        requests.put("no HTTP", "hello\r\n\r\n");
        requests.put("no colon", RawHttp.upgrade("/connect", "nonsense"));
        requests.put("long", RawHttp.upgrade("/connect", "X: " + "x".repeat(10_000)));
        requests.put("absolute", RawHttp.upgrade("http://other.test/connect"));
        requests.put("http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        requests.put("bytes", new String(new byte[] {22, 3, 1, 0, 5, 1}, StandardCharsets.UTF_8));
    }

    private static String with(String name, String value) {
        return RIGHT.replaceFirst(name + ": .*\r\n", name + ": " + value + "\r\n");
    }
}
