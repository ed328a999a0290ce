package io.culvert.client.proxy.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.client.proxy.Garbage;
import io.culvert.client.proxy.InsideAddress;
import io.culvert.client.proxy.ProxyLimits;
import io.culvert.client.proxy.open.Opener.Families;
import io.culvert.client.testkit.DnsReplies;
import io.culvert.client.testkit.LeakWatch;
import io.culvert.client.testkit.MemoryFlow;
import io.culvert.client.testkit.MemoryUdp;
import io.culvert.client.testkit.ProxyParts;
import io.culvert.ip.IpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakWatch.class)
class ResolverTest {
    private static final String FOUND = "Addresses[addresses=[10.9.0.1]]";

    private ProxyParts parts = new ProxyParts();
    private final List<String> answers = new ArrayList<>();

    private Resolver.Lookup ask(String name) {
        Resolver.Lookup lookup =
                parts.resolver.lookup(name, false, answer -> answers.add(answer.toString()));
        parts.loop.run();
        return lookup;
    }

    private String none(Answer.Reason reason) {
        return new Answer.None(reason).toString();
    }

    private MemoryUdp question() {
        return parts.question(false);
    }

    private byte[] query() {
        return question().last().bytes();
    }

    @Test
    void asksTheServerAndKeepsTheAnswerForItsTtl() {
        ask("a.example");
        assertEquals("a.example", DnsReplies.name(query()));
        MemoryUdp asked = question();
        parts.answer(60, "10.9.0.1");
        assertTrue(asked.isClosed());
        ask("A.Example");
        ask("a.example.");
        assertEquals(List.of(FOUND, FOUND, FOUND), answers);
        assertEquals(1, parts.inside.sockets().size());
        parts.loop.advance(TimeUnit.SECONDS.toNanos(60));
        ask("a.example");
        assertEquals(2, parts.inside.sockets().size());
    }

    @Test
    void asksOnceForAllWhoAskTheSame() {
        ask("a.example");
        ask("a.example");
        assertEquals(1, parts.inside.sockets().size());
        parts.answer(60, "10.9.0.1");
        assertEquals(List.of(FOUND, FOUND), answers);
    }

    @Test
    void stopsAskingWhenNobodyWaits() {
        Resolver.Lookup first = ask("a.example");
        Resolver.Lookup second = ask("a.example");
        first.cancel();
        assertFalse(parts.inside.socket().isClosed());
        second.cancel();
        assertTrue(parts.inside.socket().isClosed());
        assertEquals(0, parts.servers.underWay());
        assertEquals(List.of(), answers);
    }

    @Test
    void keepsThatThereIsNothing() {
        ask("a.example");
        parts.answer(question(), DnsReplies.to(query()).code(3).nothing(300, 30).bytes());
        ask("a.example");
        assertEquals(
                List.of(none(Answer.Reason.NO_SUCH_NAME), none(Answer.Reason.NO_SUCH_NAME)),
                answers);
        assertEquals(1, parts.inside.sockets().size());
        parts.loop.advance(TimeUnit.SECONDS.toNanos(30));
        ask("a.example");
        parts.answer(question(), DnsReplies.to(query()).nothing(30, 300).bytes());
        assertEquals(none(Answer.Reason.NO_ADDRESS), answers.getLast());
    }

    @Test
    void followsOtherNames() {
        ask("a.example");
        byte[] reply =
                DnsReplies.to(query())
                        .alias("a.example", 100, "B.example")
                        .alias("b.example", 5, "c.example")
                        .address("x.example", 100, "10.9.9.9")
                        .address("c.example", 100, "10.9.0.1")
                        .bytes();
        parts.answer(question(), reply);
        assertEquals(List.of(FOUND), answers);
        parts.loop.advance(TimeUnit.SECONDS.toNanos(5));
        ask("a.example");
        assertEquals(1, parts.servers.underWay());
    }

    @Test
    void survivesNamesThatPointInACircle() {
        ask("a.example");
        byte[] reply =
                DnsReplies.to(query())
                        .alias("a.example", 100, "b.example")
                        .alias("b.example", 100, "a.example")
                        .bytes();
        parts.answer(question(), reply);
        assertEquals(List.of(none(Answer.Reason.NO_ADDRESS)), answers);
    }

    @Test
    void waitsForTheTrueResponseAmongForgedOnes() {
        ask("a.example");
        MemoryUdp asked = question();
        byte[] wrongId = DnsReplies.addresses(query(), 60, "10.6.6.6");
        wrongId[0] ^= 1;
        parts.answer(asked, wrongId);
        byte[] wrongName = DnsReplies.addresses(query(), 60, "10.6.6.6");
        wrongName[13] ^= 2;
        parts.answer(asked, wrongName);
        byte[] noResponse = query().clone();
        parts.answer(asked, noResponse);
        parts.answer(asked, new byte[3]);
        byte[] fromElsewhere = DnsReplies.addresses(query(), 60, "10.6.6.6");
        asked.deliver(new InsideAddress(IpAddress.parse("10.6.6.6"), 53), fromElsewhere);
        parts.loop.run();
        assertEquals(List.of(), answers);
        assertEquals(5, parts.garbage.of(Garbage.Kind.BAD_DNS_RESPONSE));
        parts.answer(60, "10.9.0.1");
        assertEquals(List.of(FOUND), answers);
    }

    @Test
    void drawsAnotherIdForEachAttempt() {
        ask("a.example");
        byte[] first = query();
        parts.loop.advance(TimeUnit.SECONDS.toNanos(2));
        byte[] second = query();
        assertNotEquals(
                Arrays.toString(Arrays.copyOf(first, 2)),
                Arrays.toString(Arrays.copyOf(second, 2)));
    }

    @Test
    void asksTwiceAndTellsOfSilence() {
        ask("a.example");
        parts.loop.advance(TimeUnit.SECONDS.toNanos(2));
        assertEquals(2, parts.inside.sockets().size());
        parts.loop.advance(TimeUnit.SECONDS.toNanos(4));
        assertEquals(List.of(none(Answer.Reason.SILENCE)), answers);
        assertTrue(parts.inside.sockets().stream().allMatch(MemoryUdp::isClosed));
        ask("a.example");
        assertEquals(2, parts.inside.sockets().size());
        assertEquals(2, answers.size());
    }

    @Test
    void asksAgainAtOnceWhenTheServerIsNotThere() {
        ask("a.example");
        question().unreachable(new InsideAddress(ProxyParts.SERVER, 53));
        parts.loop.run();
        assertEquals(2, parts.inside.sockets().size());
        question().unreachable(new InsideAddress(ProxyParts.SERVER, 53));
        parts.loop.run();
        assertEquals(List.of(none(Answer.Reason.SILENCE)), answers);
    }

    @Test
    void asksAgainWhenTheServerFails() {
        ask("a.example");
        parts.answer(question(), DnsReplies.to(query()).code(2).bytes());
        parts.answer(question(), DnsReplies.to(query()).code(5).bytes());
        assertEquals(List.of(none(Answer.Reason.SERVERS_FAIL)), answers);
    }

    @Test
    void asksOverTcpWhenTheResponseIsTruncated() {
        ask("a.example");
        parts.answer(question(), DnsReplies.to(query()).truncated().bytes());
        MemoryFlow flow = parts.accepted();
        assertEquals("10.8.0.1:53", flow.remote().toString());
        byte[] framed = flow.sent();
        byte[] query = Arrays.copyOfRange(framed, 2, framed.length);
        assertEquals(query.length, framed[0] << 8 | framed[1]);
        byte[] reply = DnsReplies.addresses(query, 60, "10.9.0.1");
        flow.peerSends(new byte[] {0});
        parts.loop.run();
        flow.peerSends(new byte[] {(byte) reply.length});
        parts.loop.run();
        flow.peerSends(reply);
        parts.loop.run();
        assertEquals(List.of(FOUND), answers);
        assertTrue(flow.isAborted());
    }

    @Test
    void goesOnWhenTcpEndsEarly() {
        ask("a.example");
        parts.answer(question(), DnsReplies.to(query()).truncated().bytes());
        MemoryFlow flow = parts.accepted();
        flow.peerSends(new byte[] {1, 0, 7});
        flow.peerEnds();
        parts.loop.run();
        assertTrue(flow.isAborted());
        parts.answer(60, "10.9.0.1");
        assertEquals(List.of(FOUND), answers);
    }

    @Test
    void triesSearchDomainsBehindOneLabelOnly() {
        parts =
                new ProxyParts(
                        ProxyLimits.DEFAULT,
                        new Families(true, false),
                        List.of("corp.example", "example"));
        ask("intranet");
        assertEquals("intranet.corp.example", DnsReplies.name(query()));
        parts.answer(question(), DnsReplies.to(query()).code(3).bytes());
        assertEquals("intranet.example", DnsReplies.name(query()));
        parts.answer(question(), DnsReplies.to(query()).code(3).bytes());
        assertEquals("intranet", DnsReplies.name(query()));
        parts.answer(60, "10.9.0.1");
        assertEquals(List.of(FOUND), answers);
        ask("a.b");
        assertEquals("a.b", DnsReplies.name(query()));
    }

    @Test
    void boundsWhatIsUnderWay() {
        for (int i = 0; i <= DnsServers.MOST_QUESTIONS; i++) {
            ask("host" + i + ".example");
        }
        assertEquals(List.of(none(Answer.Reason.OVERLOADED)), answers);
        assertEquals(DnsServers.MOST_QUESTIONS, parts.servers.underWay());
        parts.resolver.close();
        assertEquals(0, parts.servers.underWay());
    }

    @Test
    void waitsForRoomInside() {
        parts.inside.udpRoom = 0;
        ask("a.example");
        parts.inside.udpRoom = 1;
        parts.loop.advance(TimeUnit.SECONDS.toNanos(1));
        parts.answer(60, "10.9.0.1");
        assertEquals(List.of(FOUND), answers);
    }

    @Test
    void saysNothingOfNonsense() {
        ask("a.example");
        byte[] reply = DnsReplies.addresses(query(), 60, "10.9.0.1");
        reply[7] = 100; // a hundred answers, it says
        parts.answer(question(), reply);
        assertEquals(List.of(none(Answer.Reason.SERVERS_FAIL)), answers);
    }
}
