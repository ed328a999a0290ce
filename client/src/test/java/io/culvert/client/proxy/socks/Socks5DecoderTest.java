package io.culvert.client.proxy.socks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.client.proxy.Credentials;
import io.culvert.client.proxy.FlowEnd;
import io.culvert.client.proxy.Garbage;
import io.culvert.client.proxy.ProxyLimits;
import io.culvert.client.testkit.EmbeddedDuplex;
import io.culvert.client.testkit.LeakWatch;
import io.culvert.client.testkit.MemoryFlow;
import io.culvert.client.testkit.NoSockets;
import io.culvert.client.testkit.ProxyParts;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LeakWatch.class)
class Socks5DecoderTest {
    private static final String CONNECT = "05 01 00 01 0a090001 0050";
    private static final String SUCCEEDED = "05000001000000000000";

    private final ProxyParts parts = new ProxyParts();

    private EmbeddedDuplex client(@Nullable Credentials credentials) {
        SocksDoor door = new SocksDoor(parts.switchboard, new NoSockets(), credentials);
        return new EmbeddedDuplex(door.handler(SocksDoor.VERSION_5));
    }

    private EmbeddedDuplex greeted() {
        EmbeddedDuplex client = client(null);
        client.clientSendsHex("05 01 00");
        assertEquals("0500", client.clientGetsHex());
        return client;
    }

    @Test
    void connectsAndCopiesBothWays() {
        EmbeddedDuplex client = greeted();
        client.clientSendsHex(CONNECT);
        assertEquals("", client.clientGetsHex());
        MemoryFlow flow = parts.accepted();
        assertEquals("10.9.0.1:80", flow.remote().toString());
        assertEquals(SUCCEEDED, client.clientGetsHex());
        client.clientSends("ping");
        assertEquals("ping", flow.sentText());
        flow.peerSends("pong");
        parts.loop.run();
        assertEquals("pong", client.clientGets());
        assertEquals(1, parts.table.size());
        client.clientLeaves();
        assertTrue(flow.isAborted());
        assertEquals(0, parts.table.size());
    }

    @Test
    void keepsWhatIsSentBeforeTheReply() {
        EmbeddedDuplex client = greeted();
        client.clientSendsHex(CONNECT + " 70696e67");
        MemoryFlow flow = parts.accepted();
        assertEquals("ping", flow.sentText());
        client.clientLeaves();
    }

    @Test
    void readsMessagesThatComeByteByByte() {
        EmbeddedDuplex client = client(null);
        String all = "050100" + CONNECT.replace(" ", "") + "70";
        for (int i = 0; i < all.length(); i += 2) {
            client.clientSendsHex(all.substring(i, i + 2));
        }
        assertEquals("p", parts.accepted().sentText());
        client.clientLeaves();
    }

    @Test
    void resolvesNamesInsideTheTunnel() {
        EmbeddedDuplex client = greeted();
        client.clientSendsHex("05 01 00 03 05 68 2e 6f 72 67 01bb");
        parts.loop.run();
        assertEquals(0, parts.inside.flows().size());
        assertEquals("10.8.0.1:53", parts.inside.socket().last().to().toString());
        client.clientLeaves();
        parts.loop.run();
        assertTrue(parts.inside.socket().isClosed());
    }

    @Test
    void connectsToIpv6() {
        EmbeddedDuplex client = greeted();
        client.clientSendsHex("05 01 00 04 fd080000000000000000000000000001 0016");
        assertEquals("[fd08::1]:22", parts.accepted().remote().toString());
        client.clientLeaves();
    }

    @ParameterizedTest
    @CsvSource({
        "REFUSED,5",
        "RESET,5",
        "HOST_UNREACHABLE,4",
        "NETWORK_UNREACHABLE,3",
        "TIMED_OUT,6",
        "DENIED,2",
        "EXHAUSTED,1"
    })
    void tellsWhyThereIsNoFlow(FlowEnd end, int code) {
        EmbeddedDuplex client = greeted();
        client.clientSendsHex(CONNECT);
        parts.loop.run();
        parts.inside.flow().end(end);
        parts.loop.run();
        assertEquals("050" + code + "0001000000000000", client.clientGetsHex());
        assertFalse(client.isActive());
        assertEquals(0, parts.table.size());
    }

    @Test
    void tellsTimeoutWhenNothingAnswers() {
        EmbeddedDuplex client = greeted();
        client.clientSendsHex(CONNECT);
        parts.loop.run();
        parts.loop.advance(parts.limits.connectNs());
        assertEquals("05060001000000000000", client.clientGetsHex());
        assertTrue(parts.inside.flow().isAborted());
    }

    @Test
    void refusesLoopbackAndLocalhost() {
        for (String address : new String[] {"01 7f000001", "03 09 6c6f63616c686f7374"}) {
            EmbeddedDuplex client = greeted();
            client.clientSendsHex("05 01 00 " + address + " 0050");
            parts.loop.run();
            assertEquals("05020001000000000000", client.clientGetsHex());
        }
        assertEquals(0, parts.inside.flows().size());
    }

    @Test
    void refusesUnknownCommandsAndAddressTypes() {
        EmbeddedDuplex bind = greeted();
        bind.clientSendsHex("05 02 00 01 0a090001 0050");
        assertEquals("05070001000000000000", bind.clientGetsHex());
        EmbeddedDuplex type = greeted();
        type.clientSendsHex("05 01 00 02 0a090001 0050");
        assertEquals("05080001000000000000", type.clientGetsHex());
        assertFalse(bind.isActive() || type.isActive());
        assertEquals(2, parts.garbage.of(Garbage.Kind.BAD_SOCKS));
    }

    @Test
    void refusesNamesThatAreNone() {
        EmbeddedDuplex client = greeted();
        client.clientSendsHex("05 01 00 03 03 61 20 62 0050");
        assertEquals("05040001000000000000", client.clientGetsHex());
        EmbeddedDuplex portless = greeted();
        portless.clientSendsHex("05 01 00 01 0a090001 0000");
        assertEquals("05010001000000000000", portless.clientGetsHex());
    }

    @Test
    void asksForThePassword() {
        EmbeddedDuplex client = client(Credentials.parse("ada:secret"));
        client.clientSendsHex("05 02 00 02");
        assertEquals("0502", client.clientGetsHex());
        client.clientSendsHex("01 03 616461 06 736563726574");
        assertEquals("0100", client.clientGetsHex());
        client.clientSendsHex(CONNECT);
        parts.accepted();
        assertEquals(SUCCEEDED, client.clientGetsHex());
        client.clientLeaves();
    }

    @Test
    void refusesAWrongPassword() {
        EmbeddedDuplex client = client(Credentials.parse("ada:secret"));
        client.clientSendsHex("05 02 00 02");
        client.clientSendsHex("01 03 616461 05 7365637265");
        assertEquals("05020101", client.clientGetsHex());
        assertFalse(client.isActive());
        assertEquals(1, parts.garbage.of(Garbage.Kind.BAD_CREDENTIALS));
    }

    @Test
    void refusesAClientThatOffersNoPassword() {
        EmbeddedDuplex client = client(Credentials.parse("ada:secret"));
        client.clientSendsHex("05 01 00");
        assertEquals("05ff", client.clientGetsHex());
        assertFalse(client.isActive());
    }

    @Test
    void hearsOutAPasswordThatNobodyAskedFor() {
        EmbeddedDuplex client = client(null);
        client.clientSendsHex("05 01 02");
        client.clientSendsHex("01 01 61 01 62");
        assertEquals("05020100", client.clientGetsHex());
        client.clientLeaves();
    }

    @Test
    void refusesWhenTheTableIsFull() {
        ProxyParts small = new ProxyParts(ProxyLimits.DEFAULT.withFlows(1));
        SocksDoor door = new SocksDoor(small.switchboard, new NoSockets(), null);
        EmbeddedDuplex first = new EmbeddedDuplex(door.handler(SocksDoor.VERSION_5));
        first.clientSendsHex("050100" + CONNECT);
        EmbeddedDuplex second = new EmbeddedDuplex(door.handler(SocksDoor.VERSION_5));
        second.clientSendsHex("050100" + CONNECT);
        small.loop.run();
        assertEquals("050005010001000000000000", second.clientGetsHex());
        assertFalse(second.isActive());
        assertTrue(first.isActive());
        first.clientLeaves();
    }

    @Test
    void cancelsTheFlowOfAClientThatLeaves() {
        EmbeddedDuplex client = greeted();
        client.clientSendsHex(CONNECT);
        parts.loop.run();
        client.clientLeaves();
        assertTrue(parts.inside.flow().isAborted());
        assertEquals(0, parts.table.size());
    }

    @Test
    void endsAFlowThatIsQuietForTooLong() {
        EmbeddedDuplex client = greeted();
        client.clientSendsHex(CONNECT);
        MemoryFlow flow = parts.accepted();
        long tickNs = parts.limits.udpIdleNs() / 4;
        for (long quietNs = 0; quietNs < parts.limits.idleNs(); quietNs += tickNs) {
            assertTrue(client.isActive());
            parts.loop.advance(tickNs);
        }
        parts.loop.advance(tickNs);
        assertTrue(flow.isAborted());
        assertFalse(client.isActive());
    }
}
