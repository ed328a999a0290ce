package io.culvert.server.web;

import io.culvert.carrier.WebSocketCarrier.Protocol;
import io.culvert.carrier.WebSocketKeys;
import java.util.List;
import java.util.Locale;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * A request to open a WebSocket as RFC 6455 §4.1 has it, every rule kept. Immutable.
 *
 * @param key {@code Sec-WebSocket-Key}
 * @param protocol what messages will hold
 * @param token the bearer token; null when there is none
 */
record Handshake(String key, Protocol protocol, @Nullable String token) {
    private static final String BEARER = "bearer ";

    /** What the request asks for; null when it is not a handshake. */
    static @Nullable Handshake of(Request request) {
        HttpVersion version = request.getConnectionMetaData().getHttpVersion();
        return version == HttpVersion.HTTP_1_1 && "GET".equals(request.getMethod())
                ? of(request.getHeaders())
                : null;
    }

    /** What the headers ask for; null when they are not a handshake's. */
    static @Nullable Handshake of(HttpFields headers) {
        String key = only(headers, HttpHeader.SEC_WEBSOCKET_KEY);
        boolean isHandshake =
                key != null
                        && WebSocketKeys.isValid(key)
                        && "13".equals(only(headers, HttpHeader.SEC_WEBSOCKET_VERSION))
                        && hasWord(headers, HttpHeader.UPGRADE, "websocket")
                        && hasWord(headers, HttpHeader.CONNECTION, "upgrade")
                        && !hasWord(headers, HttpHeader.CONNECTION, "close")
                        && !hasBody(headers);
        if (key == null || !isHandshake) {
            return null;
        }
        boolean isOffered =
                headers.getCSV(HttpHeader.SEC_WEBSOCKET_SUBPROTOCOL, false)
                        .contains(Protocol.CULVERT_1.subprotocol());
        return new Handshake(key, isOffered ? Protocol.CULVERT_1 : Protocol.BARE, bearer(headers));
    }

    private static boolean hasWord(HttpFields headers, HttpHeader header, String word) {
        return headers.getCSV(header, false).stream().anyMatch(word::equalsIgnoreCase);
    }

    private static boolean hasBody(HttpFields headers) {
        String length = headers.get(HttpHeader.CONTENT_LENGTH);
        return headers.contains(HttpHeader.TRANSFER_ENCODING)
                || (length != null && !length.equals("0"));
    }

    private static @Nullable String bearer(HttpFields headers) {
        String authorization = only(headers, HttpHeader.AUTHORIZATION);
        if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            return null;
        }
        return authorization.substring(BEARER.length()).strip();
    }

    /** The value of a header that stands there once; null otherwise. */
    private static @Nullable String only(HttpFields headers, HttpHeader header) {
        List<String> values = headers.getValuesList(header);
        return values.size() == 1 ? values.get(0) : null;
    }

    /** Leaves the token out. */
    @Override
    public String toString() {
        return "Handshake[" + protocol + "]";
    }
}
