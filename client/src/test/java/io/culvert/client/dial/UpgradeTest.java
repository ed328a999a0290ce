package io.culvert.client.dial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.carrier.WebSocketCarrier.Protocol;
import io.culvert.carrier.WebSocketKeys;
import io.culvert.client.testkit.TestGateway;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpgradeTest {
    private final Upgrade upgrade = upgrade(false);
    private final String good =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: "
                    + accept(upgrade)
                    + "\r\nSec-WebSocket-Protocol: culvert.1";

    private static Upgrade upgrade(boolean bare) {
        return new Upgrade(DialSettingsTest.of("wss://h:8443/x", bare), new Random(5));
    }

    private static String accept(Upgrade upgrade) {
        try {
            String key = TestGateway.header(upgrade.request(null), "Sec-WebSocket-Key");
            return WebSocketKeys.accept(String.valueOf(key));
        } catch (DialFailure e) {
            throw new IllegalStateException(e);
        }
    }

    private String refusal(String head) {
        DialFailure failure = assertThrows(DialFailure.class, () -> upgrade.accept(head));
        assertEquals(DialFailure.Stage.UPGRADE, failure.stage());
        return String.valueOf(failure.getMessage());
    }

    @Test
    void writesRequestOfBrowser() throws DialFailure {
        String request = upgrade.request("abc");
        assertTrue(
                request.startsWith("GET /x HTTP/1.1\r\nHost: h:8443\r\nConnection: Upgrade\r\n"));
        assertTrue(request.endsWith("\r\n\r\n"));
        assertEquals(request.indexOf("\r\n\r\n"), request.length() - 4);
        assertEquals("13", TestGateway.header(request, "Sec-WebSocket-Version"));
        assertEquals("https://h:8443", TestGateway.header(request, "Origin"));
        assertEquals("Bearer abc", TestGateway.header(request, "Authorization"));
        assertFalse(request.contains("Sec-WebSocket-Extensions"));
    }

    @Test
    void offersNoSubprotocolWhenBareAndNoTokenWithoutOne() throws DialFailure {
        String request = upgrade(true).request(null);
        assertFalse(request.contains("Sec-WebSocket-Protocol"));
        assertFalse(request.contains("Authorization"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\r\nHost: evil", "t\u00e4st", "a\n", "\u0000"})
    void refusesTokenThatDoesNotFitOneHeaderAndDoesNotShowIt(String token) {
        DialFailure failure = assertThrows(DialFailure.class, () -> upgrade.request(token));
        assertEquals(DialFailure.Stage.LOCAL, failure.stage());
        assertTrue(token.isEmpty() || !String.valueOf(failure.getMessage()).contains(token));
    }

    @Test
    void acceptsTheAnswerThatProvesItself() throws DialFailure {
        assertEquals(Protocol.CULVERT_1, upgrade.accept(good));
        String loud = good.replace("Upgrade: websocket", "UPGRADE:  WebSocket ");
        assertEquals(Protocol.CULVERT_1, upgrade.accept(loud));
        String list = good.replace("Connection: Upgrade", "connection: keep-alive, upgrade");
        assertEquals(Protocol.CULVERT_1, upgrade.accept(list));
    }

    @Test
    void isBareWhereNoSubprotocolIsChosen() throws DialFailure {
        assertEquals(
                Protocol.BARE,
                upgrade.accept(good.replace("\r\nSec-WebSocket-Protocol: culvert.1", "")));
    }

    @Test
    void refusesSubprotocolThatWasNotOffered() {
        assertTrue(refusal(good.replace("culvert.1", "chat")).contains("subprotocol"));
        assertTrue(refusal(good + "\r\nSec-WebSocket-Protocol: culvert.1").contains("subprotocol"));
        Upgrade bare = upgrade(true);
        assertThrows(DialFailure.class, () -> bare.accept(good));
    }

    @Test
    void refusesAnswersThatDoNotProveTheUpgrade() {
        String accept = accept(upgrade);
        assertTrue(refusal(good.replace(accept, "AAAA")).contains("prove"));
        assertTrue(refusal(good.replace("Sec-WebSocket-Accept", "X")).contains("prove"));
        assertTrue(refusal(good + "\r\nSec-WebSocket-Accept: " + accept).contains("prove"));
    }

    @Test
    void refusesAnswersWithoutTheUpgradeHeaders() {
        assertTrue(refusal(good.replace("Upgrade: websocket", "A: b")).contains("Upgrade:"));
        assertTrue(refusal(good.replace("Connection: Upgrade", "A: b")).contains("Connection:"));
    }

    @Test
    void refusesExtensions() {
        String head = good + "\r\nSec-WebSocket-Extensions: permessage-deflate";
        assertTrue(refusal(head).contains("extension"));
    }

    @ParameterizedTest
    @CsvSource({
        "200, wrong path",
        "301, it redirects",
        "302, it redirects",
        "400, wrong path",
        "401, wrong path",
        "404, wrong path",
        "407, wants a login",
        "429, slower",
        "502, is it running",
        "503, is it running",
    })
    void saysWhatAnotherStatusMeans(int status, String part) {
        String line = refusal("HTTP/1.1 " + status + " Whatever\r\nA: b");
        assertTrue(line.startsWith("the gateway answered " + status + ": "), line);
        assertTrue(line.contains(part), line);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "SSH-2.0-x", "HTTP/1.1", "HTTP/1.1 abc", "HTTP/2 101", "HTTP/1.1 1"})
    void refusesWhatIsNoHttp(String head) {
        assertTrue(refusal(head).contains("does not speak HTTP"));
    }

    @Test
    void survivesAnyBytes() {
        Random random = new Random(8);
        for (int i = 0; i < 2_000; i++) {
            StringBuilder head = new StringBuilder(good);
            for (int j = random.nextInt(1, 6); j > 0; j--) {
                head.setCharAt(random.nextInt(head.length()), (char) random.nextInt(256));
            }
            try {
                upgrade.accept(head.toString());
            } catch (DialFailure ignored) { // a refusal is as good as an acceptance here
            }
        }
    }
}
