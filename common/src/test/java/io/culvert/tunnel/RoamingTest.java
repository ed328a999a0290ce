package io.culvert.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.stats.DropReason;
import io.culvert.wire.Initiation;
import io.culvert.wire.MessageType;
import io.culvert.wire.Transport;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which messages move a peer's endpoint: authenticated ones, and no others (paper §2.1). */
final class RoamingTest {
    private final Rig rig = Rig.joined();
    private final Host a = rig.first();
    private final Host b = rig.second();

    @Test
    void answersFollowDataToItsNewAddress() {
        a.address = "elsewhere";
        a.packet(2, 2);
        rig.settle();
        assertEquals("elsewhere", b.peer(a).endpoint());
        b.packet(1, 3);
        rig.settle();
        assertEquals(List.of(3L), a.received);
        assertEquals(2, b.count(TunnelEvent.Roamed.class));
    }

    @Test
    void keepalivesInitiationsAndResponsesMoveItToo() {
        rig.runTo(5);
        a.address = "first";
        a.tunnel.renewKeys(a.peer(b), rig.nowNs);
        rig.lose(d -> !d.is(MessageType.INITIATION));
        rig.settle();
        assertEquals("first", b.peer(a).endpoint());
        rig.loseNothing();
        rig.run(6);
        b.address = "second"; // its response to the next initiation comes from there
        a.tunnel.connect(a.peer(b), "second", rig.nowNs);
        rig.settle();
        assertEquals("second", a.peer(b).endpoint());
    }

    @Test
    void clientSideRoamsAsWell() {
        b.address = "moved";
        b.packet(1, 4);
        rig.settle();
        assertEquals("moved", a.peer(b).endpoint());
    }

    @Test
    void theResponseMovesTheInitiatorsView() {
        rig.run(6);
        rig.lose(d -> d.is(MessageType.RESPONSE));
        a.tunnel.renewKeys(a.peer(b), rig.nowNs);
        rig.settle();
        Rig.Datagram response = rig.responses(b).getLast();
        rig.loseNothing();
        a.receive(response.bytes(), "by another path");
        assertEquals("by another path", a.peer(b).endpoint());
    }

    @Test
    void unauthenticatedDatagramsMoveNothing() {
        rig.run(6);
        rig.loseAll();
        a.packet(2, 9);
        a.tunnel.renewKeys(a.peer(b), rig.nowNs);
        for (Rig.Datagram datagram : rig.log) {
            // mac2 means something under load only
            boolean isInitiation = datagram.is(MessageType.INITIATION);
            int end = isInitiation ? Initiation.MAC2 : datagram.bytes().length;
            for (int i = 0; i < end; i++) {
                byte[] mangled = datagram.bytes().clone();
                mangled[i] ^= 1;
                b.receive(mangled, "attacker");
                assertEquals("host1", b.peer(a).endpoint(), datagram.type() + " byte " + i);
            }
        }
    }

    @Test
    void replayedDatagramsMoveNothing() {
        rig.run(6);
        a.packet(2, 9);
        a.tunnel.renewKeys(a.peer(b), rig.nowNs);
        rig.settle();
        List<Rig.Datagram> all = List.copyOf(rig.sent(a, d -> true));
        for (Rig.Datagram datagram : all) {
            rig.run(1);
            b.receive(datagram.bytes(), "attacker");
            assertEquals("host1", b.peer(a).endpoint(), datagram.type() + "");
        }
        assertEquals(1, b.drops(DropReason.REPLAYED_HANDSHAKE));
    }

    @Test
    void aDeadKeysPacketMovesNothing() {
        rig.loseAll();
        a.packet(2, 9);
        Rig.Datagram old = rig.log.getLast();
        rig.nowNs += Rig.SECOND_NS * 181;
        b.receive(old.bytes(), "attacker");
        assertEquals("host1", b.peer(a).endpoint());
    }

    @Test
    void aPacketWithAForbiddenSourceIsAuthenticAndMovesTheEndpoint() {
        // it was authenticated: wireguard-go and the kernel roam before they look inside
        a.address = "elsewhere";
        a.packet(Packets.ipv4(99, 2, 5));
        rig.settle();
        assertEquals("elsewhere", b.peer(a).endpoint());
        assertEquals(List.of(1L), b.received);
    }

    @Test
    void aClosedPathLeavesNoEndpointUntilThePeerIsHeard() {
        b.tunnel.disconnect("host1");
        assertNull(b.peer(a).endpoint());
        b.packet(1, 5);
        assertEquals(0, rig.data(b).size());
        a.packet(2, 6);
        rig.settle();
        assertEquals("host1", b.peer(a).endpoint());
    }

    @Test
    void whatComesLateByAnOldPathIsReadButDoesNotLeadBackToIt() {
        rig.loseAll();
        a.packet(2, 5);
        Rig.Datagram late = rig.log.getLast();
        rig.loseNothing();
        a.address = "new";
        a.packet(2, 6);
        rig.settle();
        b.receive(late.bytes(), "host1");
        assertEquals("new", b.peer(a).endpoint());
        assertEquals(List.of(1L, 6L, 5L), b.received);
    }

    @Test
    void aHandshakeInFlightIsBegunAnewAlsoBesideLiveKeys() {
        rig.runTo(130);
        rig.loseAll();
        a.packet(2, 7); // by live keys; and as they are old, with an initiation
        assertEquals(1, rig.initiations(a).size());
        rig.loseNothing();
        a.tunnel.connect(a.peer(b), "host2", rig.nowNs);
        rig.settle();
        assertEquals(2, rig.initiations(a).size());
        assertEquals(1, rig.responses(b).size());
    }

    @Test
    void aClosedPathIsLostToAllWhoAreReachedByIt() {
        List<Host> behind = List.of(rig.host(3), rig.host(4), rig.host(5));
        for (Host each : behind) {
            rig.join(each, b);
            each.packet(2, 1);
            rig.settle();
            arrivesBy(each, "relay");
        }
        arrivesBy(behind.get(1), "elsewhere");
        b.tunnel.disconnect("relay");
        assertFalse(b.tunnel.isEndpoint("relay"));
        assertNull(b.peer(behind.get(0)).endpoint());
        assertEquals("elsewhere", b.peer(behind.get(1)).endpoint());
        assertNull(b.peer(behind.get(2)).endpoint());
        assertEquals("host1", b.peer(a).endpoint());
        arrivesBy(behind.get(2), "relay");
        assertTrue(b.tunnel.isEndpoint("relay"));
    }

    private void arrivesBy(Host from, String path) {
        rig.loseAll();
        from.packet(2, 5);
        b.receive(rig.log.getLast().bytes(), path);
        rig.loseNothing();
        assertEquals(path, b.peer(from).endpoint());
    }

    @Test
    void closingAnotherPathChangesNothing() {
        b.tunnel.disconnect("somebody's");
        assertEquals("host1", b.peer(a).endpoint());
    }

    @Test
    void aNewPathShowsLiveKeysAtOnce() {
        rig.run(1);
        a.address = "new";
        a.tunnel.connect(a.peer(b), "host2", rig.nowNs);
        rig.settle();
        assertEquals("new", b.peer(a).endpoint());
        assertEquals(1, rig.keepalives(a).size());
        assertEquals(0, rig.initiations(a).size());
    }

    @Test
    void aNewPathRepeatsAHandshakeThatTheOldOneLostAtOnce() {
        rig.runTo(200);
        rig.loseAll();
        a.packet(2, 7);
        rig.loseNothing();
        a.tunnel.connect(a.peer(b), "host2", rig.nowNs);
        rig.settle();
        assertEquals(List.of(1L, 7L), b.received);
    }

    @Test
    void transportOfAHandshakeInFlightIsNothing() {
        rig.run(6);
        rig.loseAll();
        a.tunnel.renewKeys(a.peer(b), rig.nowNs);
        byte[] forged = new byte[64];
        int index = Initiation.sender(rig.initiations(a).getLast().bytes(), 0);
        Transport.writeHeader(forged, 0, index, 0);
        a.receive(forged, "attacker");
        assertEquals(1, a.drops(DropReason.UNKNOWN_INDEX));
    }
}
