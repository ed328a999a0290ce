package io.culvert.client.proxy.open;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.client.proxy.FlowEnd;
import io.culvert.client.proxy.InsideFlow;
import io.culvert.client.proxy.ProxyLimits;
import io.culvert.client.proxy.Target;
import io.culvert.client.proxy.open.Opener.Families;
import io.culvert.client.testkit.DnsReplies;
import io.culvert.client.testkit.LeakWatch;
import io.culvert.client.testkit.MemoryFlow;
import io.culvert.client.testkit.MemoryUdp;
import io.culvert.client.testkit.ProxyParts;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakWatch.class)
class OpeningTest {
    private ProxyParts parts =
            new ProxyParts(ProxyLimits.DEFAULT, new Families(true, true), List.of());
    private final List<String> outcomes = new ArrayList<>();

    private Opening open(String host) {
        Opening opening =
                parts.opener.open(
                        new Target(host, 443),
                        new Opening.Waiter() {
                            @Override
                            public InsideFlow.Listener onOpen(InsideFlow flow) {
                                outcomes.add(flow.remote().toString());
                                return new Quiet();
                            }

                            @Override
                            public void onFailed(OpenFailure failure) {
                                outcomes.add(failure.name());
                            }
                        });
        parts.loop.run();
        return opening;
    }

    /** Hears nothing. */
    private static final class Quiet implements InsideFlow.Listener {
        @Override
        public void onConnected() {}

        @Override
        public void onReadable() {}

        @Override
        public void onWritable() {}

        @Override
        public void onRemoteEnd() {}

        @Override
        public void onClosed(FlowEnd end) {}
    }

    private void answer(boolean isIpv6, String... ips) {
        MemoryUdp question = parts.question(isIpv6);
        parts.answer(question, DnsReplies.addresses(question.last().bytes(), 60, ips));
    }

    private List<String> tried() {
        return parts.inside.flows().stream().map(flow -> flow.remote().ip().toString()).toList();
    }

    private void pass(long ms) {
        parts.loop.advance(TimeUnit.MILLISECONDS.toNanos(ms));
    }

    @Test
    void asksNobodyForAnAddress() {
        open("fd08::1");
        parts.accepted();
        assertEquals(List.of("[fd08::1]:443"), outcomes);
        assertTrue(parts.inside.sockets().isEmpty());
    }

    @Test
    void beginsWithIpv6AtOnce() {
        open("a.example");
        answer(true, "fd08::1");
        assertEquals(List.of("fd08::1"), tried());
    }

    @Test
    void givesIpv6AMomentWhenIpv4IsAnsweredFirst() {
        open("a.example");
        answer(false, "10.9.0.1");
        assertEquals(List.of(), tried());
        pass(49);
        assertEquals(List.of(), tried());
        pass(1);
        assertEquals(List.of("10.9.0.1"), tried());
        answer(true, "fd08::1");
        pass(250);
        assertEquals(List.of("10.9.0.1", "fd08::1"), tried());
    }

    @Test
    void beginsWithIpv4WhenThereIsNoIpv6() {
        open("a.example");
        answer(false, "10.9.0.1");
        answer(true);
        assertEquals(List.of("10.9.0.1"), tried());
    }

    @Test
    void triesFamiliesInTurnsAndTheFirstWins() {
        open("a.example");
        answer(true, "fd08::1", "fd08::2");
        answer(false, "10.9.0.1", "10.9.0.2");
        pass(250);
        pass(250);
        assertEquals(List.of("fd08::1", "10.9.0.1", "fd08::2"), tried());
        MemoryFlow second = parts.inside.flows().get(1);
        second.accept();
        parts.loop.run();
        assertEquals(List.of("10.9.0.1:443"), outcomes);
        assertFalse(second.isAborted());
        assertTrue(parts.inside.flows().get(0).isAborted());
        assertTrue(parts.inside.flows().get(2).isAborted());
        pass(60_000);
        assertEquals(3, tried().size());
    }

    @Test
    void goesOnAtOnceWhenOneFails() {
        open("a.example");
        answer(true, "fd08::1");
        answer(false, "10.9.0.1");
        parts.inside.flow().end(FlowEnd.NETWORK_UNREACHABLE);
        parts.loop.run();
        assertEquals(List.of("fd08::1", "10.9.0.1"), tried());
        parts.inside.flow().end(FlowEnd.REFUSED);
        parts.loop.run();
        assertEquals(List.of("REFUSED"), outcomes);
    }

    @Test
    void tellsWhatSaysMost() {
        open("a.example");
        answer(true, "fd08::1");
        answer(false, "10.9.0.1");
        parts.inside.flow().end(FlowEnd.REFUSED);
        parts.loop.run();
        parts.inside.flow().end(FlowEnd.TIMED_OUT);
        parts.loop.run();
        assertEquals(List.of("REFUSED"), outcomes);
    }

    @Test
    void waitsForTheOtherFamilyWhenTheFirstHasFailed() {
        open("a.example");
        answer(true, "fd08::1");
        parts.inside.flow().end(FlowEnd.REFUSED);
        parts.loop.run();
        assertEquals(List.of(), outcomes);
        answer(false, "10.9.0.1");
        parts.accepted();
        assertEquals(List.of("10.9.0.1:443"), outcomes);
    }

    @Test
    void tellsThatThereIsNoSuchName() {
        open("a.example");
        for (boolean isIpv6 : new boolean[] {true, false}) {
            MemoryUdp question = parts.question(isIpv6);
            parts.answer(question, DnsReplies.to(question.last().bytes()).code(3).bytes());
        }
        assertEquals(List.of("NAME_UNKNOWN"), outcomes);
    }

    @Test
    void tellsThatNoServerAnswers() {
        open("a.example");
        pass(2_000);
        pass(4_000);
        assertEquals(List.of("NAME_UNANSWERED"), outcomes);
    }

    @Test
    void givesUpAtTheDeadline() {
        open("a.example");
        answer(true, "fd08::1");
        answer(false, "10.9.0.1");
        pass(30_000);
        assertEquals(List.of("TIMED_OUT"), outcomes);
        assertTrue(parts.inside.flows().stream().allMatch(MemoryFlow::isAborted));
    }

    @Test
    void refusesNamesThatLeadToThisMachine() {
        open("a.example");
        answer(true, "::1", "::ffff:127.0.0.1");
        answer(false, "127.0.0.1", "0.0.0.0");
        assertEquals(List.of("DENIED"), outcomes);
        assertEquals(List.of(), tried());
        open("x.localhost.");
        open("224.0.0.1");
        open("::1");
        assertEquals(List.of("DENIED", "DENIED", "DENIED", "DENIED"), outcomes);
    }

    @Test
    void tellsNothingOnceItIsCancelled() {
        Opening opening = open("a.example");
        answer(true, "fd08::1");
        opening.cancel();
        parts.loop.run();
        pass(60_000);
        assertEquals(List.of(), outcomes);
        assertTrue(parts.inside.flow().isAborted());
        assertTrue(parts.inside.sockets().stream().allMatch(MemoryUdp::isClosed));
    }

    @Test
    void triesNoMoreThanSoManyAddresses() {
        parts = new ProxyParts(ProxyLimits.DEFAULT, new Families(true, false), List.of());
        open("a.example");
        String[] many = new String[25];
        for (int i = 0; i < many.length; i++) {
            many[i] = "10.9.1." + i;
        }
        answer(false, many);
        for (int i = 0; i < 40; i++) {
            parts.inside.flow().end(FlowEnd.REFUSED);
            parts.loop.run();
        }
        assertEquals(AddressQueue.MOST, tried().size());
        assertEquals(List.of("REFUSED"), outcomes);
    }
}
