package io.culvert.client.proxy.http;

import io.culvert.client.proxy.Target;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** What a request to a proxy asks for. Immutable, but for the head that a fetch takes along. */
sealed interface HttpAsk {
    /** A tunnel to there. */
    record Tunnel(Target target) implements HttpAsk {}

    /**
     * A resource of an origin.
     *
     * @param head the request as the origin gets it
     * @param isUpgrade whether the connection is to change its protocol
     */
    record FromOrigin(Target target, HttpRequest head, boolean isUpgrade) implements HttpAsk {}

    /** A page of the proxy itself. */
    record Own(String path) implements HttpAsk {}

    /** Nothing that there is. */
    record Nonsense(String sentence) implements HttpAsk {}

    /** A scheme that is fetched in plain text. */
    String SCHEME = "http://";

    /** The port where none is spelled. */
    int DEFAULT_PORT = 80;

    /** What this request asks for. */
    static HttpAsk of(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return new Nonsense("That is no HTTP request.");
        }
        if (!HopHeaders.hasPlainCoding(request)) {
            return new Nonsense("That transfer coding is not known.");
        }
        if (request.method().equals(HttpMethod.CONNECT)) {
            Target target = Target.parse(request.uri(), 0);
            return target == null ? new Nonsense("CONNECT needs host:port.") : new Tunnel(target);
        }
        String uri = request.uri();
        if (uri.startsWith("/")) {
            return new Own(uri);
        }
        if (!uri.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return new Nonsense("This is a proxy: it fetches http:// and connects for the rest.");
        }
        return fetch(request, uri.substring(SCHEME.length()));
    }

    private static HttpAsk fetch(HttpRequest request, String rest) {
        int end = 0;
        while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
            end++;
        }
        String authority = rest.substring(0, end);
        Target target = Target.parse(authority, DEFAULT_PORT);
        if (target == null) {
            return new Nonsense("There is no host in that address.");
        }
        String path = path(request.method(), rest.substring(end));
        boolean isUpgrade = isUpgrade(request);
        return new FromOrigin(target, head(request, path, authority, isUpgrade), isUpgrade);
    }

    private static String path(HttpMethod method, String spelled) {
        int fragment = spelled.indexOf('#');
        String path = fragment < 0 ? spelled : spelled.substring(0, fragment);
        if (path.isEmpty()) {
            return method.equals(HttpMethod.OPTIONS) ? "*" : "/"; // RFC 9112 §3.2.4
        }
        return path.startsWith("/") ? path : "/" + path;
    }

    /**
     * The request as the origin gets it. No {@code Via} is added: it would tell every origin what
     * program its reader uses.
     */
    private static HttpRequest head(
            HttpRequest request, String path, String authority, boolean isUpgrade) {
        HttpHeaders headers = request.headers().copy();
        String protocol = headers.get(HttpHeaderNames.UPGRADE);
        HopHeaders.remove(headers);
        headers.set(HttpHeaderNames.HOST, authority);
        if (HttpUtil.isTransferEncodingChunked(request)) {
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        }
        if (isUpgrade && protocol != null) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
            headers.set(HttpHeaderNames.UPGRADE, protocol);
        }
        if (!request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
            headers.remove(HttpHeaderNames.EXPECT); // RFC 9110 §10.1.1
        }
        return new DefaultHttpRequest(HttpVersion.HTTP_1_1, request.method(), path, headers);
    }

    private static boolean isUpgrade(HttpRequest request) {
        HttpHeaders headers = request.headers();
        boolean hasBody =
                HttpUtil.isTransferEncodingChunked(request)
                        || headers.contains(HttpHeaderNames.CONTENT_LENGTH);
        return !hasBody
                && headers.contains(HttpHeaderNames.UPGRADE)
                && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                && request.protocolVersion().equals(HttpVersion.HTTP_1_1);
    }

    /** The credentials that the request gives; null where it gives none. */
    static @Nullable String credentials(HttpRequest request) {
        return request.headers().get(HttpHeaderNames.PROXY_AUTHORIZATION);
    }
}
