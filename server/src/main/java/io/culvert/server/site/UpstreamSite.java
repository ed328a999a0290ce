package io.culvert.server.site;

import java.net.URI;
import java.util.List;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.proxy.ProxyHandler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Another web server's answers, passed on as they are. Thread-safe. */
final class UpstreamSite extends ProxyHandler.Reverse {
    private static final long CONNECT_TIMEOUT_MS = 5000;
    private static final List<String> CLAIMS =
            List.of(
                    "Forwarded",
                    "X-Real-IP",
                    "X-Forwarded-Host",
                    "X-Forwarded-Port",
                    "X-Forwarded-Server",
                    "X-Forwarded-Prefix",
                    "X-Forwarded-Ssl",
                    "True-Client-IP",
                    "CF-Connecting-IP");

    UpstreamSite(URI upstream) {
        super(request -> rewrite(upstream, request));
        setUseServerThreadPool(true);
    }

    private static HttpURI rewrite(URI upstream, Request request) {
        String prefix = upstream.getRawPath() == null ? "" : upstream.getRawPath();
        String base = prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
        return HttpURI.build(
                upstream.getScheme()
                        + "://"
                        + upstream.getRawAuthority()
                        + base
                        + request.getHttpURI().getPathQuery());
    }

    @Override
    protected void configureHttpClient(HttpClient client) {
        super.configureHttpClient(client);
        client.setConnectTimeout(CONNECT_TIMEOUT_MS);
    }

    /**
     * The headers that reverse proxies set by custom, instead of Via and Forwarded. What a client
     * claims of itself by any of their kind goes no further.
     */
    @Override
    protected void addProxyHeaders(Request request, org.eclipse.jetty.client.Request onward) {
        onward.headers(fields -> {
            CLAIMS.forEach(fields::remove);
            fields.put(HttpHeader.X_FORWARDED_FOR, Request.getRemoteAddr(request));
            fields.put(HttpHeader.X_FORWARDED_PROTO, request.isSecure() ? "https" : "http");
        });
    }

    @Override
    protected void onServerToProxyResponseFailure(
            Request request,
            org.eclipse.jetty.client.Request onward,
            org.eclipse.jetty.client.Response answer,
            Response response,
            Callback callback,
            Throwable failure) {
        Response.writeError(request, response, callback, 502);
    }
}
