package io.culvert.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.culvert.carrier.WebSocketCarrier.Protocol;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HandshakeTest {
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    @Test
    void readsTheHandshakeOfTheRfc() {
        Handshake handshake = read(complete());
        assertEquals(KEY, handshake.key());
        assertEquals(Protocol.BARE, handshake.protocol());
        assertNull(handshake.token());
    }

    @Test
    void findsTheSubprotocolAmongOthers() {
        HttpFields.Mutable headers = complete().add("Sec-WebSocket-Protocol", "v1, culvert.1");
        assertEquals(Protocol.CULVERT_1, read(headers).protocol());
        headers.put("Sec-WebSocket-Protocol", "culvert.10");
        assertEquals(Protocol.BARE, read(headers).protocol());
    }

    @Test
    void takesTokensWhateverTheCaseOfBearer() {
        assertEquals("aB", read(complete().add("Authorization", "Bearer aB")).token());
        assertEquals("aB", read(complete().add("authorization", "bEARER   aB ")).token());
        assertNull(read(complete().add("Authorization", "Basic aB")).token());
        assertNull(read(complete().add("Authorization", "Bearer")).token());
        HttpFields twice = complete().add("Authorization", "Bearer a").add("Authorization", "x");
        assertNull(read(twice).token());
    }

    @Test
    void hidesTheToken() {
        Handshake handshake = read(complete().add("Authorization", "Bearer secret"));
        assertEquals("Handshake[BARE]", handshake.toString());
    }

    @Test
    void acceptsWhatIsWordedDifferently() {
        read(complete().put("Upgrade", "WebSocket"));
        read(complete().put("Connection", "keep-alive, Upgrade"));
        read(complete().put("Content-Length", "0"));
        read(complete().put("Sec-WebSocket-Extensions", "permessage-deflate"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version"})
    void wantsEveryHeader(String name) {
        assertNull(Handshake.of(complete().remove(name)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Upgrade: h2c",
                "Upgrade: websockets",
                "Connection: keep-alive",
                "Connection: upgrade, close",
                "Sec-WebSocket-Version: 8",
                "Sec-WebSocket-Version: 13, 8",
                "Sec-WebSocket-Version: 013",
                "Sec-WebSocket-Key: x",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQAA",
                "Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!==",
                "Content-Length: 5",
                "Transfer-Encoding: chunked"
            })
    void refusesWrongValues(String header) {
        int colon = header.indexOf(':');
        HttpFields.Mutable headers = complete();
        headers.put(header.substring(0, colon), header.substring(colon + 2));
        assertNull(Handshake.of(headers));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Sec-WebSocket-Key", "Sec-WebSocket-Version"})
    void refusesDoubleHeaders(String name) {
        HttpFields.Mutable headers = complete();
        headers.add(name, String.valueOf(headers.get(name)));
        assertNull(Handshake.of(headers));
    }

    private static Handshake read(HttpFields headers) {
        Handshake handshake = Handshake.of(headers);
        assertNotNull(handshake);
        return handshake;
    }

    private static HttpFields.Mutable complete() {
        return HttpFields.build()
                .add("Host", "gateway.test")
                .add("Upgrade", "websocket")
                .add("Connection", "Upgrade")
                .add("Sec-WebSocket-Key", KEY)
                .add("Sec-WebSocket-Version", "13");
    }
}
