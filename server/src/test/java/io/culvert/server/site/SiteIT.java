package io.culvert.server.site;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.server.config.Website;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("loopback")
@Timeout(60)
final class SiteIT {
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Server> servers = new ArrayList<>();

    @TempDir private Path folder;

    @AfterEach
    void stop() throws Exception {
        client.close();
        for (Server server : servers) {
            server.stop();
        }
    }

    @Test
    void showsAPlainPage() throws Exception {
        String base = serve(new Website.Plain());
        HttpResponse<String> root = request("GET", base + "/");
        assertEquals(200, root.statusCode());
        assertTrue(root.body().contains("It works!"));
        assertEquals("text/html", root.headers().firstValue("Content-Type").orElse(""));
        assertEquals("", request("HEAD", base + "/").body());
        assertEquals(405, request("POST", base + "/").statusCode());
        assertEquals(404, request("GET", base + "/connect").statusCode());
    }

    @Test
    void nobodyLearnsWhatServes() throws Exception {
        String base = serve(new Website.Plain());
        for (String path : List.of("/", "/none", "/%00", "/..%2f", "/?a=%3Cscript%3E")) {
            HttpResponse<String> response = request("GET", base + path);
            String all = (response.headers().map() + response.body()).toLowerCase(Locale.ROOT);
            assertFalse(all.contains("jetty"), all);
            assertFalse(all.contains("java"), all);
            assertFalse(all.contains("culvert"), all);
        }
    }

    @Test
    void servesAFolder() throws Exception {
        Files.writeString(folder.resolve("index.html"), "<p>home</p>");
        Files.createDirectory(folder.resolve("sub"));
        Files.writeString(folder.resolve("sub/a.txt"), "text");
        String base = serve(new Website.Folder(folder));
        HttpResponse<String> home = request("GET", base + "/");
        assertEquals("<p>home</p>", home.body());
        String etag = home.headers().firstValue("ETag").orElse("");
        assertFalse(etag.isEmpty());
        assertEquals(304, request("GET", base + "/", "If-None-Match", etag).statusCode());
        assertEquals("text", request("GET", base + "/sub/a.txt").body());
        assertEquals("ex", request("GET", base + "/sub/a.txt", "Range", "bytes=1-2").body());
        HttpResponse<String> none = request("GET", base + "/none");
        assertEquals(404, none.statusCode());
        assertEquals(new String(PlainErrors.page(404), StandardCharsets.US_ASCII), none.body());
    }

    @Test
    void listsNoFolderAndLeavesNone() throws Exception {
        Path site = folder.resolve("site");
        Files.createDirectories(site.resolve("sub"));
        Files.writeString(folder.resolve("secret.txt"), "secret");
        String base = serve(new Website.Folder(site));
        assertEquals(403, request("GET", base + "/sub/").statusCode());
        for (String path :
                List.of("/../secret.txt", "/%2e%2e/secret.txt", "/sub/..%2f..%2fsecret.txt")) {
            HttpResponse<String> response = request("GET", base + path);
            assertTrue(response.statusCode() >= 400, path);
            assertFalse(response.body().contains("secret"), path);
        }
    }

    @Test
    void passesOnAnotherServersAnswers() throws Exception {
        Files.writeString(folder.resolve("index.html"), "<p>upstream</p>");
        String upstream = serve(new Website.Folder(folder));
        String base = serve(new Website.Upstream(URI.create(upstream)));
        assertEquals("<p>upstream</p>", request("GET", base + "/").body());
        HttpResponse<String> none = request("GET", base + "/none?x=1");
        assertEquals(404, none.statusCode());
        assertTrue(none.headers().firstValue("Via").isEmpty());
    }

    @Test
    void passesNoClaimOfAStrangerOn() throws Exception {
        AtomicReference<HttpFields> seen = new AtomicReference<>();
        Handler noting =
                new Handler.Abstract.NonBlocking() {
                    @Override
                    public boolean handle(Request request, Response response, Callback callback) {
                        seen.set(request.getHeaders().asImmutable());
                        callback.succeeded();
                        return true;
                    }
                };
        String base = serve(new Website.Upstream(URI.create(serve(noting))));
        HttpResponse<String> response =
                request(
                        "GET",
                        base + "/",
                        "X-Forwarded-For",
                        "6.6.6.6",
                        "X-Real-IP",
                        "6.6.6.6",
                        "Forwarded",
                        "for=6.6.6.6",
                        "X-Forwarded-Host",
                        "evil.test",
                        "Accept",
                        "text/x");
        assertEquals(200, response.statusCode());
        assertFalse(seen.get().toString().contains("6.6.6.6"), seen.get().toString());
        assertFalse(seen.get().toString().contains("evil"), seen.get().toString());
        assertEquals("127.0.0.1", seen.get().get("X-Forwarded-For"));
        assertEquals("text/x", seen.get().get("Accept"));
    }

    @Test
    void saysBadGatewayWhenTheOtherServerIsAway() throws Exception {
        String base = serve(new Website.Upstream(URI.create("http://127.0.0.1:9/")));
        HttpResponse<String> response = request("GET", base + "/");
        assertEquals(502, response.statusCode());
        assertEquals(new String(PlainErrors.page(502), StandardCharsets.US_ASCII), response.body());
    }

    private String serve(Website website) throws Exception {
        return serve(Site.of(website));
    }

    private String serve(Handler site) throws Exception {
        Server server = new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        server.setHandler(site);
        ((HttpConnectionFactory) server.getConnectors()[0].getDefaultConnectionFactory())
                .getHttpConfiguration()
                .setSendServerVersion(false);
        server.setErrorHandler(Site.errors());
        server.start();
        servers.add(server);
        return "http://127.0.0.1:" + ((NetworkConnector) server.getConnectors()[0]).getLocalPort();
    }

    private HttpResponse<String> request(String method, String url, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create(url))
                        .version(HttpClient.Version.HTTP_1_1)
                        .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            builder.headers(headers);
        }
        return client.send(builder.build(), HttpResponse.BodyHandlers.ofString());
    }
}
