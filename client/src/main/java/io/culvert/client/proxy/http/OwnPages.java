package io.culvert.client.proxy.http;

import io.culvert.client.proxy.Health;
import io.culvert.client.proxy.Target;
import io.culvert.client.proxy.splice.Clients;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The pages of the proxy itself: {@code /proxy.pac}, by which browsers find it, and {@code
 * /health}. They ask for no password, as who fetches them has no way to give one. Confined to the
 * loop.
 */
final class OwnPages {
    private static final String PAC_TYPE = "application/x-ns-proxy-autoconfig";

    private final Health health;

    OwnPages(Health health) {
        this.health = health;
    }

    /** The page, or that there is none; the health may take some seconds. */
    CompletableFuture<FullHttpResponse> answer(HttpRequest request, String path, Channel channel) {
        boolean isRead =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        int query = path.indexOf('?');
        return switch (isRead ? path.substring(0, query < 0 ? path.length() : query) : "") {
            case "/proxy.pac" -> CompletableFuture.completedFuture(pac(request, channel));
            case "/health" -> health.ask().thenApply(OwnPages::health);
            default ->
                    CompletableFuture.completedFuture(
                            HttpReply.of(
                                    HttpResponseStatus.NOT_FOUND,
                                    "This is a proxy: set it in your program; its own pages are"
                                            + " /proxy.pac and /health."));
        };
    }

    private static FullHttpResponse health(boolean passes) {
        return passes
                ? HttpReply.of(HttpResponseStatus.OK, "The tunnel is up.")
                : HttpReply.of(
                        HttpResponseStatus.SERVICE_UNAVAILABLE,
                        "The tunnel is down: the gateway does not answer.");
    }

    /** Nothing goes around the tunnel when the proxy is down: there is no DIRECT behind it. */
    private static FullHttpResponse pac(HttpRequest request, Channel channel) {
        String proxy = authority(request.headers().get(HttpHeaderNames.HOST), channel);
        String script =
                """
                function FindProxyForURL(url, host) {
                    if (host == "localhost" || shExpMatch(host, "*.localhost")
                            || shExpMatch(host, "127.*") || host == "[::1]" || host == "::1") {
                        return "DIRECT";
                    }
                    return "PROXY %s";
                }
                """
                        .formatted(proxy);
        FullHttpResponse response = HttpReply.of(HttpResponseStatus.OK, PAC_TYPE, script);
        response.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-cache");
        return response;
    }

    /** As the reader calls us; what is no host and port does not get into the script. */
    private static String authority(@Nullable String host, Channel channel) {
        Target asked = host == null ? null : Target.parse(host, HttpAsk.DEFAULT_PORT);
        return asked == null ? Clients.name(channel.localAddress()) : asked.toString();
    }
}
