package io.culvert.client.proxy.socks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.client.proxy.Credentials;
import io.culvert.client.proxy.FlowEnd;
import io.culvert.client.testkit.EmbeddedDuplex;
import io.culvert.client.testkit.LeakWatch;
import io.culvert.client.testkit.NoSockets;
import io.culvert.client.testkit.ProxyParts;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakWatch.class)
class Socks4DecoderTest {
    private static final String GRANTED = "005a000000000000";
    private static final String REJECTED = "005b000000000000";

    private final ProxyParts parts = new ProxyParts();

    private EmbeddedDuplex client(@Nullable Credentials credentials) {
        SocksDoor door = new SocksDoor(parts.switchboard, new NoSockets(), credentials);
        return new EmbeddedDuplex(door.handler(SocksDoor.VERSION_4));
    }

    @Test
    void connectsToAnAddress() {
        EmbeddedDuplex client = client(null);
        client.clientSendsHex("04 01 0050 0a090001 6d65 00 70696e67");
        assertEquals("10.9.0.1:80", parts.accepted().remote().toString());
        assertEquals(GRANTED, client.clientGetsHex());
        assertEquals("ping", parts.inside.flow().sentText());
        client.clientLeaves();
    }

    @Test
    void connectsToAName() {
        EmbeddedDuplex client = client(null);
        client.clientSendsHex("04 01 0050 00000001 00 682e6f7267 00");
        parts.loop.run();
        assertEquals("10.8.0.1:53", parts.inside.socket().last().to().toString());
        client.clientLeaves();
    }

    @Test
    void readsTheRequestByteByByte() {
        EmbeddedDuplex client = client(null);
        String all = "040100500a0900016d6500";
        for (int i = 0; i < all.length(); i += 2) {
            client.clientSendsHex(all.substring(i, i + 2));
        }
        parts.accepted();
        assertEquals(GRANTED, client.clientGetsHex());
        client.clientLeaves();
    }

    @Test
    void rejectsWhatCannotBeReached() {
        EmbeddedDuplex client = client(null);
        client.clientSendsHex("04 01 0050 0a090001 00");
        parts.loop.run();
        parts.inside.flow().end(FlowEnd.REFUSED);
        parts.loop.run();
        assertEquals(REJECTED, client.clientGetsHex());
        assertFalse(client.isActive());
    }

    @Test
    void rejectsBindAndNobodysAddress() {
        for (String request : new String[] {"04 02 0050 0a090001 00", "04 01 0000 0a090001 00"}) {
            EmbeddedDuplex client = client(null);
            client.clientSendsHex(request);
            assertEquals(REJECTED, client.clientGetsHex());
            assertFalse(client.isActive());
        }
    }

    @Test
    void rejectsEverybodyWhereAPasswordIsAskedFor() {
        EmbeddedDuplex client = client(Credentials.parse("ada:secret"));
        client.clientSendsHex("04 01 0050 0a090001 616461 00");
        assertEquals(REJECTED, client.clientGetsHex());
    }

    @Test
    void rejectsAUserWithoutEnd() {
        EmbeddedDuplex client = client(null);
        client.clientSendsHex("04 01 0050 0a090001 " + "61".repeat(300));
        assertEquals(REJECTED, client.clientGetsHex());
        assertTrue(parts.inside.flows().isEmpty());
    }

    @Test
    void rejectsANameWithoutEnd() {
        EmbeddedDuplex client = client(null);
        client.clientSendsHex("04 01 0050 00000001 00 " + "61".repeat(700));
        assertEquals(REJECTED, client.clientGetsHex());
    }
}
