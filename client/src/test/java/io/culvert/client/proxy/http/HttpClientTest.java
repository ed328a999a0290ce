package io.culvert.client.proxy.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.client.proxy.FlowEnd;
import io.culvert.client.testkit.EmbeddedDuplex;
import io.culvert.client.testkit.Http;
import io.culvert.client.testkit.LeakWatch;
import io.culvert.client.testkit.MemoryFlow;
import io.culvert.client.testkit.ProxyParts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakWatch.class)
class HttpClientTest {
    private static final String GET =
            "GET http://10.9.0.1/a?b=1#c HTTP/1.1\r\nHost: other\r\nAccept: x\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    private static final String CHUNKED =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwxyz\r\n0\r\n\r\n";

    private final ProxyParts parts = new ProxyParts();

    private EmbeddedDuplex client() {
        EmbeddedDuplex client = new EmbeddedDuplex();
        new HttpDoor(parts.switchboard, null, ProxyParts.HEALTHY).open(client.pipeline());
        return client;
    }

    private String answers(EmbeddedDuplex client, MemoryFlow flow, String response) {
        flow.peerSends(response);
        parts.loop.run();
        return client.clientGets();
    }

    @Test
    void fetchesWhatStandsInAbsoluteForm() {
        EmbeddedDuplex client = client();
        client.clientSends(GET);
        MemoryFlow flow = parts.accepted();
        assertEquals("10.9.0.1:80", flow.remote().toString());
        assertEquals("GET /a?b=1 HTTP/1.1\r\nAccept: x\r\nhost: 10.9.0.1\r\n\r\n", flow.sentText());
        assertEquals(OK, answers(client, flow, OK).replace("content-length", "Content-Length"));
        assertTrue(client.isActive());
        client.clientLeaves();
        assertEquals(0, parts.table.size());
    }

    @Test
    void takesOutWhatBelongsToOneConnection() {
        EmbeddedDuplex client = client();
        client.clientSends(
                Http.joined(
                        "GET http://10.9.0.1:81/ HTTP/1.1\r\nHost: h\r\nConnection: X-Hop, close\r\n",
                        "X-Hop: 1\r\nProxy-Connection: keep-alive\r\nKeep-Alive: 5\r\n",
                        "TE: trailers\r\n",
                        "Upgrade: h2c\r\nProxy-Authorization: Basic YQ==\r\nStay: 1\r\n\r\n"));
        MemoryFlow flow = parts.accepted();
        assertEquals("GET / HTTP/1.1\r\nStay: 1\r\nhost: 10.9.0.1:81\r\n\r\n", flow.sentText());
        String response =
                answers(
                        client,
                        flow,
                        Http.joined(
                                "HTTP/1.1 200 OK\r\nConnection: X-Secret\r\nX-Secret: 1\r\n",
                                "Keep-Alive: 5\r\nContent-Length: 0\r\nX: y\r\n\r\n"));
        assertEquals(
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: y\r\nconnection: close\r\n\r\n",
                response);
        assertFalse(client.isActive());
    }

    @Test
    void usesAnOriginAgainForTheSameTarget() {
        EmbeddedDuplex client = client();
        client.clientSends(GET);
        MemoryFlow flow = parts.accepted();
        answers(client, flow, OK);
        flow.forget();
        client.clientSends(GET);
        parts.loop.run();
        assertEquals(1, parts.inside.flows().size());
        assertTrue(flow.sentText().startsWith("GET /a?b=1"));
        answers(client, flow, OK);
        client.clientSends(GET.replace("10.9.0.1", "10.9.0.2"));
        parts.loop.run();
        assertEquals(2, parts.inside.flows().size());
        assertTrue(flow.isClosed());
        client.clientLeaves();
    }

    @Test
    void answersPipelinedRequestsInOrder() {
        EmbeddedDuplex client = client();
        client.clientSends(GET + GET.replace("/a?b=1", "/second"));
        MemoryFlow flow = parts.accepted();
        assertFalse(flow.sentText().contains("second"));
        answers(client, flow, OK);
        assertTrue(flow.sentText().contains("GET /second"));
        assertTrue(answers(client, flow, OK).endsWith("hi"));
        client.clientLeaves();
    }

    @Test
    void asksAFreshOriginWhenAKeptOneHadEnded() {
        EmbeddedDuplex client = client();
        client.clientSends(GET);
        MemoryFlow first = parts.accepted();
        answers(client, first, OK);
        client.clientSends(GET);
        first.end(FlowEnd.RESET);
        parts.loop.run();
        MemoryFlow second = parts.accepted();
        assertEquals(2, parts.inside.flows().size());
        assertTrue(second.sentText().startsWith("GET /a?b=1"));
        assertTrue(answers(client, second, OK).endsWith("hi"));
        client.clientLeaves();
    }

    @Test
    void carriesChunksBothWays() {
        EmbeddedDuplex client = client();
        client.clientSends(
                Http.joined(
                        "POST http://10.9.0.1/ HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
                        "3\r\nabc\r\n"));
        MemoryFlow flow = parts.accepted();
        assertTrue(flow.sentText().contains("transfer-encoding: chunked"));
        assertTrue(flow.sentText().endsWith("3\r\nabc\r\n"));
        client.clientSends("2\r\nde\r\n0\r\n\r\n");
        parts.loop.run();
        assertTrue(flow.sentText().endsWith("2\r\nde\r\n0\r\n\r\n"));
        String response = answers(client, flow, CHUNKED);
        assertTrue(response.endsWith("4\r\nwxyz\r\n0\r\n\r\n"), response);
        assertTrue(client.isActive());
        client.clientLeaves();
    }

    @Test
    void givesChunksForABodyWithoutLength() {
        EmbeddedDuplex client = client();
        client.clientSends(GET);
        MemoryFlow flow = parts.accepted();
        String begun = answers(client, flow, "HTTP/1.0 200 OK\r\n\r\nabc");
        assertTrue(begun.endsWith("transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n"), begun);
        flow.peerEnds();
        parts.loop.run();
        assertEquals("0\r\n\r\n", client.clientGets());
        assertTrue(client.isActive());
        client.clientLeaves();
    }

    @Test
    void givesAnOldClientABodyWithoutChunks() {
        EmbeddedDuplex client = client();
        client.clientSends("GET http://10.9.0.1/ HTTP/1.0\r\n\r\n");
        MemoryFlow flow = parts.accepted();
        String response = answers(client, flow, CHUNKED);
        assertEquals("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nwxyz", response);
        assertFalse(client.isActive());
    }

    @Test
    void cutsTheClientOffWhenTheBodyIsCutOff() {
        EmbeddedDuplex client = client();
        client.clientSends(GET);
        MemoryFlow flow = parts.accepted();
        answers(client, flow, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
        flow.end(FlowEnd.RESET);
        parts.loop.run();
        assertFalse(client.isActive());
        assertEquals(0, parts.table.size());
    }

    @Test
    void answersHeadWithoutABody() {
        EmbeddedDuplex client = client();
        client.clientSends("HEAD http://10.9.0.1/ HTTP/1.1\r\nHost: h\r\n\r\n");
        MemoryFlow flow = parts.accepted();
        String head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
        assertEquals(head, answers(client, flow, head));
        client.clientSends(GET);
        parts.loop.run();
        assertTrue(answers(client, flow, OK).endsWith("hi"));
        client.clientLeaves();
    }

    @Test
    void passesInterimResponsesOn() {
        EmbeddedDuplex client = client();
        client.clientSends(
                Http.joined(
                        "PUT http://10.9.0.1/ HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n",
                        "Content-Length: 2\r\n\r\n"));
        MemoryFlow flow = parts.accepted();
        assertTrue(flow.sentText().contains("Expect: 100-continue"));
        assertEquals(
                "HTTP/1.1 100 Continue\r\n\r\n",
                answers(client, flow, "HTTP/1.1 100 Continue\r\n\r\n"));
        client.clientSends("hi");
        parts.loop.run();
        assertTrue(flow.sentText().endsWith("\r\n\r\nhi"));
        assertTrue(answers(client, flow, OK).endsWith("hi"));
        client.clientLeaves();
    }

    @Test
    void goesOnInAnotherProtocolAfterAnUpgrade() {
        EmbeddedDuplex client = client();
        client.clientSends(
                Http.joined(
                        "GET http://10.9.0.1/ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\n",
                        "Upgrade: websocket\r\n\r\n"));
        MemoryFlow flow = parts.accepted();
        assertTrue(flow.sentText().contains("connection: upgrade\r\nupgrade: websocket"));
        String response =
                answers(
                        client,
                        flow,
                        Http.joined(
                                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n",
                                "Upgrade: websocket\r\nX: y\r\n\r\nraw1"));
        assertTrue(response.startsWith("HTTP/1.1 101 Switching Protocols\r\n"), response);
        assertTrue(response.endsWith("\r\n\r\nraw1"), response);
        flow.forget();
        client.clientSends("\0raw2");
        assertEquals("\0raw2", flow.sentText());
        assertEquals("raw3", answers(client, flow, "raw3"));
        client.clientLeaves();
        assertTrue(flow.isAborted());
        assertEquals(0, parts.table.size());
    }

    @Test
    void opensATunnelAndKeepsEarlyBytes() {
        EmbeddedDuplex client = client();
        client.clientSends("CONNECT 10.9.0.1:443 HTTP/1.1\r\nHost: h\r\n\r\n\u0016\u0003early");
        MemoryFlow flow = parts.accepted();
        assertEquals("10.9.0.1:443", flow.remote().toString());
        assertEquals("\u0016\u0003early", flow.sentText());
        assertEquals("HTTP/1.1 200 Connection established\r\n\r\n", client.clientGets());
        assertEquals("late", answers(client, flow, "late"));
        client.clientEnds();
        assertTrue(flow.isOutputShut());
        assertEquals("more", answers(client, flow, "more"));
        flow.peerEnds();
        parts.loop.run();
        assertFalse(client.isActive());
        assertTrue(flow.isClosed());
    }

    @Test
    void readsNoMoreThanTheOriginTakes() {
        parts.inside.sendBufferBytes = 1_000;
        EmbeddedDuplex client = client();
        client.clientSends(
                "PUT http://10.9.0.1/ HTTP/1.1\r\nHost: h\r\nContent-Length: 6000\r\n\r\n");
        MemoryFlow flow = parts.accepted();
        client.clientSends("x".repeat(3_000));
        int readsBefore = client.reads();
        parts.loop.run();
        assertEquals(readsBefore, client.reads());
        while (flow.sent().length < 3_000) {
            flow.peerReads();
            parts.loop.run();
        }
        flow.peerReads();
        parts.loop.run();
        assertTrue(client.reads() > readsBefore);
        client.clientSends("x".repeat(3_000));
        for (int i = 0; i < 9; i++) {
            flow.peerReads();
            parts.loop.run();
        }
        assertTrue(flow.sentText().endsWith("x".repeat(6_000)));
        assertTrue(answers(client, flow, OK).endsWith("hi"));
        client.clientLeaves();
    }

    @Test
    void closesAConnectionThatAsksNoMore() {
        EmbeddedDuplex client = client();
        client.clientSends(GET);
        MemoryFlow flow = parts.accepted();
        answers(client, flow, OK);
        parts.loop.advance(75_000_000_000L);
        assertFalse(client.isActive());
        assertTrue(flow.isClosed());
        assertEquals(0, parts.table.size());
    }

    @Test
    void letsGoOfTheOriginWhenTheClientLeaves() {
        EmbeddedDuplex client = client();
        client.clientSends(GET);
        parts.loop.run();
        client.clientLeaves();
        assertTrue(parts.inside.flow().isAborted());
        assertEquals(0, parts.table.size());
    }

    @Test
    void answersAClientThatSendsNoMore() {
        EmbeddedDuplex client = client();
        client.clientSends(GET);
        client.clientEnds();
        MemoryFlow flow = parts.accepted();
        assertTrue(answers(client, flow, OK).endsWith("hi"));
        parts.loop.run();
        assertFalse(client.isActive());
    }
}
