package io.culvert.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.stats.DropReason;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When keys are renewed and when they die (paper §6.2). */
final class RekeyTest {
    private final Rig rig = Rig.joined();
    private final Host initiator = rig.first();
    private final Host responder = rig.second();

    @Test
    void theInitiatorRenewsKeysWhenItSendsAfterTwoMinutes() {
        rig.runTo(119.9);
        initiator.packet(2, 2);
        rig.settle();
        assertEquals(0, rig.initiations(initiator).size());
        rig.runTo(120);
        initiator.packet(2, 3);
        rig.settle();
        assertEquals(1, rig.initiations(initiator).size());
        assertEquals(List.of(1L, 2L, 3L), responder.received, "the old key still served");
    }

    @Test
    void theResponderNeverRenewsKeysForTheirAge() {
        rig.loseAll(); // or the initiator, hearing from it, would
        for (int second = 1; second < 180; second++) {
            rig.runTo(second);
            responder.peer(initiator).timers.newHandshake.clear();
            assertTrue(responder.packet(1, second) > 0);
            assertEquals(0, rig.initiations(responder).size(), "at " + second);
        }
    }

    @Test
    void theInitiatorRenewsOnReceivingAfter165SecondsOnce() {
        rig.runTo(164.9);
        responder.packet(1, 2);
        rig.settle();
        assertEquals(0, rig.initiations(initiator).size());
        rig.lose(d -> d.from().equals("host1"));
        rig.runTo(165);
        responder.packet(1, 3);
        rig.settle();
        assertEquals(1, rig.initiations(initiator).size());
        // without retransmissions, and before the passive keepalive, which is a sending again
        initiator.peer(responder).timers.retransmit.clear();
        for (int i = 0; i < 8; i++) {
            rig.run(1);
            responder.packet(1, 4 + i);
            rig.settle();
        }
        assertEquals(1, rig.initiations(initiator).size());
    }

    @Test
    void theLastMinuteRenewalIsPossibleAgainInTheNextSession() {
        for (int session = 1; session <= 3; session++) {
            rig.run(166);
            responder.packet(1, session);
            rig.settle();
            assertEquals(session, rig.initiations(initiator).size());
        }
    }

    @Test
    void aPacketOnThePreviousKeyDoesNotRenewFreshOnes() {
        rig.runTo(119);
        rig.loseAll();
        responder.packet(1, 50); // sealed with the old key, and long under way
        Rig.Datagram late = rig.log.getLast();
        rig.loseNothing();
        rig.runTo(121);
        initiator.packet(2, 2);
        rig.settle();
        assertEquals(1, rig.initiations(initiator).size());
        rig.runTo(170);
        assertTrue(initiator.receive(late.bytes(), late.from()) > 0, "previous still receives");
        rig.settle();
        assertEquals(1, rig.initiations(initiator).size(), "renewed 49 s old keys");
    }

    @Test
    void neitherEndSealsWithAKeyOf180Seconds() {
        rig.runTo(179.9);
        rig.loseAll();
        assertTrue(responder.packet(1, 2) > 0);
        assertTrue(initiator.packet(2, 3) > 0);
        rig.runTo(180);
        assertEquals(0, responder.packet(1, 4));
        assertEquals(0, initiator.packet(2, 5));
    }

    @Test
    void neitherEndOpensWithAKeyOf180SecondsEvenBetweenTicks() {
        rig.runTo(170);
        rig.loseAll();
        responder.packet(1, 2);
        Rig.Datagram toInitiator = rig.log.getLast();
        initiator.packet(2, 3);
        Rig.Datagram toResponder =
                rig.log.stream()
                        .filter(d -> d.isData() && d.to().equals("host2"))
                        .toList()
                        .getLast();
        rig.nowNs += 10 * Rig.SECOND_NS; // no tick
        assertEquals(0, initiator.receive(toInitiator.bytes(), "host2"));
        assertEquals(0, responder.receive(toResponder.bytes(), "host1"));
        assertEquals(1, initiator.drops(DropReason.EXPIRED_KEY));
        assertEquals(1, responder.drops(DropReason.EXPIRED_KEY));
    }

    @Test
    void anEndWithAnExpiredKeyStagesAndBeginsAHandshake() {
        rig.runTo(200);
        assertEquals(0, responder.packet(1, 9));
        rig.settle();
        assertEquals(1, rig.initiations(responder).size());
        assertEquals(List.of(9L), initiator.received);
    }

    @Test
    void busyTunnelsRenewKeysEveryTwoMinutesAndLoseNothing() {
        int packets = 0;
        for (int i = 0; i < 36_000; i++) {
            rig.nowNs += Rig.SECOND_NS / 10;
            rig.run(0);
            initiator.packet(2, 100 + i);
            responder.packet(1, 100 + i);
            packets++;
        }
        rig.settle();
        assertEquals(packets + 1, responder.received.size());
        assertEquals(packets, initiator.received.size());
        int renewals = rig.initiations(initiator).size() + rig.initiations(responder).size();
        assertTrue(renewals >= 29 && renewals <= 30, renewals + " handshakes in an hour");
        assertEquals(0, rig.initiations(responder).size());
        assertEquals(2, initiator.tunnel.indices(), "current and previous");
    }
}
