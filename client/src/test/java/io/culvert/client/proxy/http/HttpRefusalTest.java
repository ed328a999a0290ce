package io.culvert.client.proxy.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.client.proxy.Credentials;
import io.culvert.client.proxy.FlowEnd;
import io.culvert.client.proxy.Garbage;
import io.culvert.client.proxy.ProxyLimits;
import io.culvert.client.testkit.DnsReplies;
import io.culvert.client.testkit.EmbeddedDuplex;
import io.culvert.client.testkit.LeakWatch;
import io.culvert.client.testkit.MemoryFlow;
import io.culvert.client.testkit.MemoryUdp;
import io.culvert.client.testkit.ProxyParts;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakWatch.class)
class HttpRefusalTest {
    private static final String GET =
            "GET http://10.9.0.1/a?b=1#c HTTP/1.1\r\nHost: other\r\nAccept: x\r\n\r\n";
    private ProxyParts parts = new ProxyParts();
    private CompletableFuture<Boolean> health = CompletableFuture.completedFuture(true);

    private EmbeddedDuplex client(@Nullable Credentials credentials) {
        EmbeddedDuplex client = new EmbeddedDuplex();
        new HttpDoor(parts.switchboard, credentials, () -> health).open(client.pipeline());
        return client;
    }

    private String answers(EmbeddedDuplex client, MemoryFlow flow, String response) {
        flow.peerSends(response);
        parts.loop.run();
        return client.clientGets();
    }

    @ParameterizedTest
    @CsvSource({"REFUSED,502", "HOST_UNREACHABLE,502", "TIMED_OUT,504", "DENIED,403"})
    void tellsWhyThereIsNoTunnelAndNoFetch(FlowEnd end, String status) {
        EmbeddedDuplex tunnel = client(null);
        tunnel.clientSends("CONNECT 10.9.0.1:443 HTTP/1.1\r\n\r\n");
        EmbeddedDuplex fetch = client(null);
        fetch.clientSends(GET);
        parts.loop.run();
        parts.inside.flows().forEach(flow -> flow.end(end));
        parts.loop.run();
        assertTrue(tunnel.clientGets().startsWith("HTTP/1.1 " + status + " "));
        assertTrue(fetch.clientGets().startsWith("HTTP/1.1 " + status + " "));
        assertFalse(tunnel.isActive());
        assertTrue(fetch.isActive());
        fetch.clientLeaves();
    }

    @Test
    void originThatNeverAnswersIsTimedOut() {
        EmbeddedDuplex client = client(null);
        client.clientSends(GET);
        MemoryFlow flow = parts.accepted();
        parts.loop.advance(TimeUnit.MINUTES.toNanos(4));
        assertEquals("", client.clientGets());
        parts.loop.advance(TimeUnit.MINUTES.toNanos(1));
        String response = client.clientGets();
        assertTrue(response.startsWith("HTTP/1.1 504 "), response);
        assertTrue(response.endsWith("The target does not answer.\n"), response);
        assertTrue(flow.isAborted());
        assertEquals(0, parts.table.size());
        client.clientLeaves();
    }

    @Test
    void bodyThatIsNoneCutsBothConnections() {
        EmbeddedDuplex client = client(null);
        client.clientSends(
                "POST http://10.9.0.1/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
        MemoryFlow flow = parts.accepted();
        client.clientSends("no length\r\n\r\n");
        parts.loop.run();
        assertFalse(client.isActive());
        assertTrue(flow.isAborted());
        assertEquals(1, parts.garbage.of(Garbage.Kind.BAD_HTTP));
        assertEquals(0, parts.table.size());
    }

    @Test
    void originThatNoAddressAnswersForIsTimedOut() {
        EmbeddedDuplex client = client(null);
        client.clientSends(GET);
        parts.loop.run();
        parts.loop.advance(parts.limits.connectNs());
        String response = client.clientGets();
        assertTrue(response.startsWith("HTTP/1.1 504 "), response);
        client.clientLeaves();
    }

    @Test
    void nameWithoutAnAddressHasASentenceOfItsOwn() {
        EmbeddedDuplex client = client(null);
        client.clientSends("GET http://a.example/ HTTP/1.1\r\n\r\n");
        MemoryUdp question = parts.question(false);
        parts.answer(question, DnsReplies.to(question.last().bytes()).code(3).bytes());
        String unknown = client.clientGets();
        assertTrue(unknown.startsWith("HTTP/1.1 502 "), unknown);
        assertTrue(unknown.endsWith("There is no such name.\n"), unknown);
        client.clientSends("GET http://b.example/ HTTP/1.1\r\n\r\n");
        parts.loop.run();
        parts.loop.advance(parts.limits.connectNs());
        String silent = client.clientGets();
        assertTrue(silent.startsWith("HTTP/1.1 504 "), silent);
        assertTrue(silent.endsWith("No DNS server of the tunnel answers.\n"), silent);
        client.clientLeaves();
    }

    @Test
    void refusesWithASentenceWhenTheTableIsFull() {
        parts = new ProxyParts(ProxyLimits.DEFAULT.withFlows(1));
        EmbeddedDuplex first = client(null);
        first.clientSends("CONNECT 10.9.0.1:443 HTTP/1.1\r\n\r\n");
        EmbeddedDuplex second = client(null);
        second.clientSends("CONNECT 10.9.0.1:443 HTTP/1.1\r\n\r\n");
        EmbeddedDuplex third = client(null);
        third.clientSends(GET);
        parts.loop.run();
        for (EmbeddedDuplex refused : new EmbeddedDuplex[] {second, third}) {
            String response = refused.clientGets();
            assertTrue(response.startsWith("HTTP/1.1 503 Service Unavailable"), response);
            assertTrue(response.endsWith("Too many connections are open.\n"), response);
        }
        first.clientLeaves();
        third.clientLeaves();
    }

    @Test
    void asksForThePassword() {
        EmbeddedDuplex client = client(Credentials.parse("ada:se:cret"));
        client.clientSends(GET);
        String response = client.clientGets();
        assertTrue(response.startsWith("HTTP/1.1 407 "), response);
        assertTrue(response.contains("proxy-authenticate: Basic realm="), response);
        client.clientSends(withCredentials("YWRhOnNlOmNyZXQ="));
        parts.loop.run();
        assertEquals(1, parts.inside.flows().size());
        assertFalse(parts.accepted().sentText().contains("YWRh"));
        client.clientLeaves();
    }

    @ParameterizedTest
    @ValueSource(strings = {"YWRhOnNlOmNyZQ==", "", "!!", "YWRh"})
    void refusesAWrongPassword(String given) {
        EmbeddedDuplex client = client(Credentials.parse("ada:se:cret"));
        client.clientSends(withCredentials(given));
        assertTrue(client.clientGets().startsWith("HTTP/1.1 407 "));
        assertEquals(0, parts.inside.flows().size());
        client.clientLeaves();
    }

    private static String withCredentials(String base64) {
        return GET.replace("Accept: x", "Proxy-Authorization: Basic " + base64);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET https://10.9.0.1/ HTTP/1.1\r\n\r\n",
                "GET ftp://10.9.0.1/ HTTP/1.1\r\n\r\n",
                "GET http:/// HTTP/1.1\r\n\r\n",
                "GET http://a@10.9.0.1/ HTTP/1.1\r\n\r\n",
                "GET http://10.9.0.1:99999/ HTTP/1.1\r\n\r\n",
                "GET http://10.9.0.1.5/ HTTP/1.1\r\n\r\n",
                "CONNECT 10.9.0.1 HTTP/1.1\r\n\r\n",
                "CONNECT 10.9.0.1:0 HTTP/1.1\r\n\r\n",
                "CONNECT [::1:80 HTTP/1.1\r\n\r\n",
                "POST http://10.9.0.1/ HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                "GET http://10.9.0.1/ HTTP/1.1\r\nA\u0000: b\r\n\r\n",
                "\u0016\u0003\u0001\r\n\r\n"
            })
    void refusesNonsense(String request) {
        EmbeddedDuplex client = client(null);
        client.clientSends(request);
        String response = client.clientGets();
        assertTrue(response.startsWith("HTTP/1.1 400 Bad Request\r\n"), response);
        assertFalse(client.isActive());
        assertEquals(1, parts.garbage.of(Garbage.Kind.BAD_HTTP));
        assertEquals(0, parts.inside.flows().size());
    }

    @Test
    void refusesHeadersWithoutEnd() {
        EmbeddedDuplex client = client(null);
        client.clientSends("GET http://10.9.0.1/ HTTP/1.1\r\nA: " + "b".repeat(40_000));
        assertTrue(client.clientGets().startsWith("HTTP/1.1 400 "));
        assertFalse(client.isActive());
    }

    @Test
    void tellsWhenTheOriginSpeaksNoHttp() {
        EmbeddedDuplex client = client(null);
        client.clientSends(GET);
        MemoryFlow flow = parts.accepted();
        String response = answers(client, flow, "SSH-2.0-OpenSSH\r\n\r\n");
        assertTrue(response.startsWith("HTTP/1.1 502 Bad Gateway"), response);
        assertTrue(flow.isAborted());
        assertEquals(0, parts.table.size());
        client.clientLeaves();
    }

    @Test
    void servesThePacFileAndItsHealth() {
        EmbeddedDuplex client = client(Credentials.parse("a:b"));
        client.clientSends("GET /proxy.pac HTTP/1.1\r\nHost: 127.0.0.1:3128\r\n\r\n");
        String pac = client.clientGets();
        assertTrue(pac.contains("application/x-ns-proxy-autoconfig"), pac);
        assertTrue(pac.contains("return \"PROXY 127.0.0.1:3128\";"), pac);
        client.clientSends("GET /proxy.pac HTTP/1.1\r\nHost: \";alert(1)//\r\n\r\n");
        assertTrue(client.clientGets().contains("return \"PROXY 127.0.0.1:1080\";"));
        client.clientSends("GET /health HTTP/1.1\r\nHost: h\r\n\r\n");
        assertTrue(client.clientGets().startsWith("HTTP/1.1 200 OK"));
        health = CompletableFuture.completedFuture(false);
        client.clientSends("GET /health HTTP/1.1\r\nHost: h\r\n\r\n");
        assertTrue(client.clientGets().startsWith("HTTP/1.1 503 "));
        client.clientSends("GET /other HTTP/1.1\r\nHost: h\r\n\r\n");
        assertTrue(client.clientGets().startsWith("HTTP/1.1 404 "));
        client.clientSends("POST /health HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc");
        assertTrue(client.clientGets().startsWith("HTTP/1.1 404 "));
        assertFalse(client.isActive());
    }

    @Test
    void nextRequestWaitsUntilTheHealthIsKnown() {
        health = new CompletableFuture<>();
        EmbeddedDuplex client = client(null);
        client.clientSends(
                "GET /health HTTP/1.1\r\nHost: h\r\n\r\nGET /other HTTP/1.1\r\nHost: h\r\n\r\n");
        assertEquals("", client.clientGets());
        health.complete(true);
        parts.loop.run();
        String both = client.clientGets();
        assertTrue(both.startsWith("HTTP/1.1 200 OK"), both);
        assertTrue(both.contains("HTTP/1.1 404 "), both);
    }

    @Test
    void clientThatLeavesBeforeTheHealthIsKnownIsForgotten() {
        health = new CompletableFuture<>();
        EmbeddedDuplex client = client(null);
        client.clientSends("GET /health HTTP/1.1\r\nHost: h\r\n\r\n");
        var _ = client.close();
        health.complete(true);
        parts.loop.run();
        assertEquals("", client.clientGets());
    }
}
