package io.culvert.client.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.client.proxy.Garbage;
import io.culvert.client.proxy.ProxyLimits;
import io.culvert.client.proxy.dns.DnsServers;
import io.culvert.client.proxy.dns.Resolver;
import io.culvert.client.proxy.open.Opener;
import io.culvert.client.testkit.ManualLoop;
import io.culvert.ip.IpAddress;
import io.culvert.netstack.Arrivals;
import io.culvert.netstack.EchoRequest;
import io.culvert.netstack.StackLimits;
import io.culvert.netstack.TcpFlow;
import io.culvert.netstack.TcpRequest;
import io.culvert.netstack.UdpRequest;
import io.culvert.netstack.Unreached;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Questions over two real stacks. */
class ProbeTest {
    private static final String FAR = "192.0.2.80";

    private final ManualLoop loop = new ManualLoop();
    private Consumer<TcpRequest> onTcp = TcpRequest::reset;
    private Consumer<EchoRequest> onEcho = EchoRequest::reply;

    private final JoinedStacks stacks =
            new JoinedStacks(
                    new Arrivals() {
                        @Override
                        public void onTcp(TcpRequest request) {
                            onTcp.accept(request);
                        }

                        @Override
                        public void onTcpCancelled(TcpRequest request) {}

                        @Override
                        public void onUdp(UdpRequest request) {
                            request.drop();
                        }

                        @Override
                        public void onEcho(EchoRequest request) {
                            onEcho.accept(request);
                        }
                    },
                    StackLimits.defaults());

    private final StackInside inside = new StackInside(stacks.near, JoinedStacks.OWN, _ -> true);

    private final Opener opener =
            new Opener(
                    inside,
                    loop,
                    new Resolver(
                            new DnsServers(
                                    inside,
                                    loop,
                                    List.of(),
                                    new SplittableRandom(1),
                                    new Garbage()),
                            loop,
                            loop::nowNs,
                            List.of()),
                    new Opener.Families(true, true),
                    ProxyLimits.DEFAULT);

    private CompletableFuture<Probe.Answer> ask(String host, int port) {
        CompletableFuture<Probe.Answer> answer =
                new Probe(opener, stacks.near, loop::nowNs).ask(host, port);
        loop.run();
        stacks.run();
        loop.run();
        return answer;
    }

    private static String why(CompletableFuture<Probe.Answer> asked) {
        assertTrue(asked.isDone(), "no answer");
        Throwable cause = assertThrows(CompletionException.class, asked::join).getCause();
        return cause == null ? "" : String.valueOf(cause.getMessage());
    }

    @Test
    void pingIsAnsweredByTheHost() {
        Probe.Answer answer = ask(FAR, 0).join();
        assertEquals(IpAddress.parse(FAR), answer.from());
        assertTrue(answer.text(FAR, 0).matches("192\\.0\\.2\\.80 answers in [0-9.]+ ms"));
        assertEquals(IpAddress.parse("fd08::1"), ask("fd08::1", 0).join().from());
    }

    @Test
    void pingsOfOneHostAreToldApart() {
        onEcho = _ -> {};
        CompletableFuture<Probe.Answer> lost = ask(FAR, 0);
        onEcho = EchoRequest::reply;
        assertTrue(ask(FAR, 0).isDone());
        assertFalse(lost.isDone());
        stacks.run(60_000_000_000L);
        assertEquals("no answer to the ping", why(lost));
    }

    @Test
    void connectionIsTriedAndEnded() {
        boolean[] hasEnded = new boolean[1];
        onTcp =
                request ->
                        request.accept(
                                new TcpFlow.Listener() {
                                    @Override
                                    public void onConnected(TcpFlow flow) {}

                                    @Override
                                    public void onReadable(TcpFlow flow) {}

                                    @Override
                                    public void onWritable(TcpFlow flow) {}

                                    @Override
                                    public void onRemoteEnd(TcpFlow flow) {
                                        hasEnded[0] = true;
                                    }

                                    @Override
                                    public void onClosed(
                                            TcpFlow flow, io.culvert.netstack.End end) {}
                                });
        Probe.Answer answer = ask(FAR, 80).join();
        assertTrue(answer.text(FAR + ":80", 80).startsWith(FAR + ":80 answers in "));
        assertTrue(answer.text("a.test:80", 80).startsWith("a.test:80 at " + FAR + " answers in "));
        assertTrue(hasEnded[0]);
    }

    @Test
    void refusalsAreSentences() {
        assertEquals("the target refuses connections to that port", why(ask(FAR, 80)));
        onTcp = request -> request.refuse(Unreached.PROHIBITED);
        assertEquals("that target is not allowed", why(ask(FAR, 80)));
        onTcp = request -> request.refuse(Unreached.HOST);
        assertEquals("there is no way to that host", why(ask(FAR, 80)));
    }

    @Test
    void nameThatNobodyKnowsIsOneLine() {
        CompletableFuture<Probe.Answer> asked = ask("a.test", 80);
        loop.advance(ProxyLimits.DEFAULT.connectNs());
        assertFalse(why(asked).isEmpty());
        assertEquals("that target is not allowed", why(ask("localhost", 80)));
        assertEquals("that target is not allowed", why(ask("127.0.0.1", 0)));
    }
}
