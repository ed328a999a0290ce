package io.culvert.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.stats.DropReason;
import io.culvert.wire.MessageType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Previous, current and next key pair, and which of them may do what (paper §6.3). */
final class KeyPairsTest {
    private final Rig rig = new Rig();
    private final Host a = rig.host(1);
    private final Host b = rig.host(2);

    @Test
    void theResponderNeverSealsWithUnconfirmedKeys() {
        rig.lose(Rig.Datagram::isKeepalive);
        rig.join(a, b);
        a.tunnel.renewKeys(a.peer(b), rig.nowNs);
        rig.settle();
        assertNotNull(a.peer(b).keys.current());
        assertNull(b.peer(a).keys.current());
        assertEquals(0, b.packet(1, 5), "sealed before confirmation");
        assertEquals(0, rig.data(b).size());
        assertEquals(0, b.count(TunnelEvent.HandshakeCompleted.class));
    }

    @Test
    void theFirstPacketPromotesAndReleasesWhatWaited() {
        rig.lose(Rig.Datagram::isKeepalive);
        rig.join(a, b);
        a.tunnel.renewKeys(a.peer(b), rig.nowNs);
        rig.settle();
        b.packet(1, 5);
        b.packet(1, 6);
        rig.loseNothing();
        a.packet(2, 7);
        rig.settle();
        assertEquals(List.of(7L), b.received);
        assertEquals(List.of(5L, 6L), a.received);
        assertNotNull(b.peer(a).keys.current());
        assertEquals(1, b.count(TunnelEvent.HandshakeCompleted.class));
    }

    @Test
    void anUnconfirmedRekeyLeavesTheCurrentKeysAtWork() {
        Rig joined = Rig.joined();
        Host responder = joined.second();
        joined.run(1);
        joined.lose(d -> d.is(MessageType.RESPONSE));
        joined.first().tunnel.renewKeys(joined.first().peer(responder), joined.nowNs);
        joined.settle();
        assertTrue(responder.packet(1, 8) > 0);
        assertTrue(joined.first().packet(2, 9) > 0);
        joined.settle();
        assertEquals(List.of(8L), joined.first().received);
        assertEquals(List.of(1L, 9L), responder.received);
    }

    @Test
    void theInitiatorStillReceivesOnThePreviousKeys() {
        Rig joined = Rig.joined();
        Host initiator = joined.first();
        joined.run(1);
        joined.loseAll();
        joined.second().packet(1, 30);
        Rig.Datagram late = joined.log.getLast();
        joined.loseNothing();
        initiator.tunnel.renewKeys(initiator.peer(joined.second()), joined.nowNs);
        joined.settle();
        assertTrue(initiator.receive(late.bytes(), late.from()) > 0);
        assertEquals(2, initiator.tunnel.indices());
        assertEquals(2, initiator.count(TunnelEvent.HandshakeCompleted.class));
    }

    @Test
    void theResponderStillReceivesOnThePreviousKeysAfterPromotion() {
        Rig joined = Rig.joined();
        Host initiator = joined.first();
        Host responder = joined.second();
        joined.run(1);
        joined.loseAll();
        initiator.packet(2, 30);
        Rig.Datagram late = joined.log.getLast();
        joined.loseNothing();
        initiator.tunnel.renewKeys(initiator.peer(responder), joined.nowNs);
        joined.settle();
        assertTrue(responder.receive(late.bytes(), late.from()) > 0);
        assertEquals(2, responder.tunnel.indices());
    }

    @Test
    void twoRenewalsLaterTheOldestKeysAreGone() {
        Rig joined = Rig.joined();
        Host initiator = joined.first();
        Host responder = joined.second();
        joined.run(1);
        joined.loseAll();
        initiator.packet(2, 30);
        Rig.Datagram old = joined.log.getLast();
        joined.loseNothing();
        for (int i = 0; i < 2; i++) {
            joined.run(1);
            initiator.tunnel.renewKeys(initiator.peer(responder), joined.nowNs);
            joined.settle();
        }
        assertEquals(0, responder.receive(old.bytes(), old.from()));
        assertEquals(1, responder.drops(DropReason.UNKNOWN_INDEX));
    }

    @Test
    void neverMoreThanThreeSessionsAndAHandshakeHoldIndices() {
        Rig joined = Rig.joined();
        joined.lose(d -> d.is(MessageType.RESPONSE) || d.isKeepalive());
        for (int i = 0; i < 50; i++) {
            joined.run(1);
            joined.first().tunnel.renewKeys(joined.first().peer(joined.second()), joined.nowNs);
            joined.second().tunnel.renewKeys(joined.second().peer(joined.first()), joined.nowNs);
            joined.settle();
            for (Host host : joined.hosts) {
                assertTrue(host.tunnel.indices() <= 4, host.tunnel.indices() + " indices");
            }
        }
    }

    @Test
    void anUnconfirmedKeyOfOursBecomesThePreviousWhenWeInitiate() {
        // b answers a (next), then begins a handshake itself: next must become previous
        rig.lose(Rig.Datagram::isKeepalive);
        rig.join(a, b);
        a.tunnel.renewKeys(a.peer(b), rig.nowNs);
        rig.settle();
        rig.loseAll();
        a.packet(2, 40);
        Rig.Datagram late = rig.log.getLast();
        rig.loseNothing();
        rig.run(1);
        b.tunnel.renewKeys(b.peer(a), rig.nowNs);
        rig.settle();
        assertTrue(b.receive(late.bytes(), late.from()) > 0, "next was thrown away");
    }
}
