package io.culvert.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.crypto.PresharedKey;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Passive and persistent keepalives (paper §6.5). */
final class KeepaliveTest {
    @Test
    void silenceAfterDataIsBrokenAfterTenSeconds() {
        Rig rig = Rig.joined();
        rig.runTo(9.9);
        assertEquals(0, rig.keepalives(rig.second()).size());
        rig.runTo(10.1);
        assertEquals(1, rig.keepalives(rig.second()).size());
        rig.runTo(100);
        assertEquals(1, rig.log.size(), "and that is all");
    }

    @Test
    void anythingSentMakesTheKeepaliveNeedless() {
        Rig rig = Rig.joined();
        rig.runTo(9);
        rig.second().packet(1, 2);
        rig.runTo(18);
        assertEquals(0, rig.keepalives(rig.second()).size());
        rig.runTo(20);
        assertEquals(1, rig.keepalives(rig.first()).size(), "now the other end owes one");
    }

    @Test
    void dataWhileAKeepaliveIsDueMakesOneMore() {
        Rig rig = Rig.joined();
        rig.runTo(4);
        rig.first().packet(2, 2);
        rig.runTo(10.1);
        assertEquals(1, rig.keepalives(rig.second()).size());
        rig.runTo(20.1);
        assertEquals(2, rig.keepalives(rig.second()).size());
        rig.runTo(60);
        assertEquals(2, rig.keepalives(rig.second()).size());
    }

    @Test
    void keepalivesAreNeverAnsweredSoIdlePeersFallSilent() {
        Rig rig = Rig.joined();
        for (int i = 0; i < 5; i++) {
            rig.first().packet(2, 10 + i);
            rig.second().packet(1, 20 + i);
            rig.run(1);
        }
        rig.run(30);
        int before = rig.log.size();
        rig.run(400);
        assertEquals(before, rig.log.size(), "keepalives ping-pong");
    }

    @Test
    void persistentKeepalivesFollowTheLastTraversal() {
        Rig rig = Rig.joined(25);
        rig.runTo(300);
        List<Rig.Datagram> sent = rig.keepalives(rig.first());
        assertTrue(sent.size() >= 10, sent.size() + " keepalives");
        // heard at 10 s: b's passive keepalive counts as traversal
        assertEquals(35, sent.getFirst().second(), 0.01);
        assertEquals(60, sent.get(1).second(), 0.01);
    }

    @Test
    void trafficPutsThePersistentKeepaliveOff() {
        Rig rig = Rig.joined(25);
        for (int i = 0; i < 20; i++) {
            rig.first().packet(2, 2 + i);
            rig.run(5);
        }
        assertEquals(0, rig.keepalives(rig.first()).size());
    }

    @Test
    void aPersistentKeepaliveOpensTheTunnelByItselfOnceConnected() {
        Rig rig = new Rig();
        rig.join(rig.host(1), rig.host(2), PresharedKey.NONE, 25);
        rig.run(0);
        assertEquals(1, rig.first().count(TunnelEvent.HandshakeCompleted.class));
        assertEquals(1, rig.second().count(TunnelEvent.HandshakeCompleted.class));
    }

    @Test
    void aPersistentKeepaliveKeepsTheTunnelAliveForHours() {
        Rig rig = new Rig();
        rig.join(rig.host(1), rig.host(2), PresharedKey.NONE, 25);
        for (int minute = 0; minute < 180; minute++) {
            rig.run(60);
            assertTrue(rig.second().packet(1, 1000 + minute) > 0, "no key in minute " + minute);
            rig.settle();
        }
        assertEquals(180, rig.first().received.size());
    }

    @Test
    void aKeepaliveEverySecondGoesOnWhileTheHandshakeIsRateLimited() {
        Rig rig = new Rig();
        rig.loseAll();
        rig.join(rig.host(1), rig.host(2), PresharedKey.NONE, 1);
        rig.run(200);
        int tries = rig.initiations(rig.first()).size();
        assertTrue(tries >= 36 && tries <= 41, tries + " initiations");
        rig.loseNothing();
        rig.run(6);
        rig.log.clear();
        rig.run(10);
        assertEquals(10, rig.keepalives(rig.first()).size());
    }

    @Test
    void aPersistentKeepaliveOutlivesGivingUp() {
        Rig rig = new Rig();
        rig.loseAll();
        rig.join(rig.host(1), rig.host(2), PresharedKey.NONE, 25);
        rig.run(1000);
        rig.loseNothing();
        rig.run(26);
        assertEquals(1, rig.second().count(TunnelEvent.HandshakeCompleted.class));
    }

    @Test
    void offMeansOff() {
        Rig rig = Rig.joined(0);
        rig.runTo(11);
        rig.log.clear();
        rig.runTo(3600);
        assertEquals(0, rig.log.size());
    }

    @Test
    void aKeepaliveWithoutCarrierIsCountedAndTheTimerGoesOn() {
        Rig rig = Rig.joined(5);
        rig.loseAll();
        rig.first().tunnel.disconnect("host2");
        rig.run(60);
        assertEquals(0, rig.sent(rig.first(), d -> true).size());
        assertTrue(rig.first().allDrops() > 5);
        rig.loseNothing();
        rig.first().connect(rig.second());
        rig.settle();
        assertEquals(1, rig.keepalives(rig.first()).size());
    }
}
