package io.culvert.client.proxy.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import java.util.List;

/**
 * The headers that belong to one connection and not to the message (RFC 9110 §7.6.1). Stateless,
 * thread-safe.
 */
final class HopHeaders {
    private static final List<String> NAMES =
            List.of(
                    "connection",
                    "proxy-connection",
                    "keep-alive",
                    "te",
                    "trailer",
                    "transfer-encoding",
                    "upgrade",
                    "proxy-authenticate",
                    "proxy-authorization");

    private HopHeaders() {}

    /** Takes them out, and those that {@code Connection} names. */
    static void remove(HttpHeaders headers) {
        for (String value : headers.getAll(HttpHeaderNames.CONNECTION)) {
            for (String option : value.split(",", -1)) {
                String name = option.trim();
                if (!name.isEmpty() && !name.equalsIgnoreCase("content-length")) {
                    headers.remove(name);
                }
            }
        }
        NAMES.forEach(headers::remove);
    }

    /** Whether the body's coding is none, or chunked alone: what we can carry across. */
    static boolean hasPlainCoding(HttpMessage message) {
        List<String> codings = message.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        return codings.isEmpty()
                || (codings.size() == 1
                        && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(
                                codings.getFirst().trim()));
    }
}
