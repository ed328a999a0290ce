package io.culvert.client.proxy.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.client.proxy.Garbage;
import io.culvert.client.proxy.front.Door.Speaks;
import io.culvert.client.proxy.http.HttpDoor;
import io.culvert.client.proxy.socks.SocksDoor;
import io.culvert.client.proxy.splice.AskDeadline;
import io.culvert.client.testkit.EmbeddedDuplex;
import io.culvert.client.testkit.LeakWatch;
import io.culvert.client.testkit.NoSockets;
import io.culvert.client.testkit.ProxyParts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakWatch.class)
class FirstByteTest {
    private final ProxyParts parts = new ProxyParts();

    private EmbeddedDuplex client(Speaks speaks) {
        EmbeddedDuplex client = new EmbeddedDuplex();
        SocksDoor socks = new SocksDoor(parts.switchboard, new NoSockets(), null);
        HttpDoor http = new HttpDoor(parts.switchboard, null, ProxyParts.HEALTHY);
        client.pipeline().addLast(new FirstByte(speaks, socks, http, parts.garbage));
        client.pipeline()
                .addFirst(new AskDeadline(parts.loop, parts.limits.handshakeNs(), parts.garbage));
        return client;
    }

    @Test
    void tellsThreeProtocolsApart() {
        EmbeddedDuplex five = client(Speaks.BOTH);
        five.clientSendsHex("05");
        five.clientSendsHex("0100 05010001 0a090001 0050");
        parts.accepted();
        assertEquals("050005000001000000000000", five.clientGetsHex());
        EmbeddedDuplex four = client(Speaks.BOTH);
        four.clientSendsHex("0401 0050 0a090001 00");
        parts.accepted();
        assertEquals("005a000000000000", four.clientGetsHex());
        EmbeddedDuplex http = client(Speaks.BOTH);
        http.clientSends("GET /health HTTP/1.1\r\n\r\n");
        assertTrue(http.clientGets().startsWith("HTTP/1.1 200"));
        five.clientLeaves();
        four.clientLeaves();
        http.clientLeaves();
    }

    @Test
    void resetsWhoSpeaksWhatIsNotSpokenHere() {
        EmbeddedDuplex socks = client(Speaks.HTTP);
        socks.clientSendsHex("050100");
        EmbeddedDuplex http = client(Speaks.SOCKS);
        http.clientSends("GET / HTTP/1.1\r\n\r\n");
        assertFalse(socks.isActive() || http.isActive());
        assertEquals("", socks.clientGets() + http.clientGets());
        assertEquals(1, parts.garbage.of(Garbage.Kind.BAD_HTTP));
        assertEquals(1, parts.garbage.of(Garbage.Kind.BAD_SOCKS));
    }

    @Test
    void closesWhoDoesNotSayInTimeWhatItWants() {
        EmbeddedDuplex silent = client(Speaks.BOTH);
        EmbeddedDuplex slow = client(Speaks.BOTH);
        slow.clientSendsHex("050100 0501");
        EmbeddedDuplex slowHttp = client(Speaks.BOTH);
        slowHttp.clientSends("GET http://a.example/ HTTP/1.1\r\nHost:");
        EmbeddedDuplex quick = client(Speaks.BOTH);
        quick.clientSendsHex("050100 05010001 0a090001 0050");
        parts.accepted();
        parts.loop.advance(parts.limits.handshakeNs());
        assertFalse(silent.isActive() || slow.isActive() || slowHttp.isActive());
        assertTrue(quick.isActive());
        assertEquals(3, parts.garbage.of(Garbage.Kind.SLOW_CLIENT));
        quick.clientLeaves();
    }

    @Test
    void closesWhoEndsBeforeItHasAsked() {
        EmbeddedDuplex client = client(Speaks.BOTH);
        client.clientSendsHex("050100");
        client.clientEnds();
        assertFalse(client.isActive());
    }
}
