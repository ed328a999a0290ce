package io.culvert.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.crypto.PresharedKey;
import io.culvert.stats.DropReason;
import io.culvert.wire.MessageType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** When handshakes begin, begin again and end in vain (paper §6.1, §6.2, §6.4). */
final class HandshakeTimersTest {
    private final Rig rig = new Rig();
    private final Host a = rig.host(1);
    private final Host b = rig.host(2);

    @Test
    void dataWithoutAKeyBeginsAHandshakeAndWaitsForIt() {
        rig.join(a, b);
        assertEquals(0, rig.log.size(), "nothing to say yet");
        assertEquals(0, a.packet(2, 7));
        rig.settle();
        assertEquals(List.of(7L), b.received);
        assertEquals(1, rig.initiations(a).size());
        assertEquals(1, rig.responses(b).size());
        assertEquals(0, rig.keepalives(a).size(), "the packet itself confirms the keys");
    }

    @Test
    void aHandshakeWithoutDataIsConfirmedByAKeepalive() {
        rig.join(a, b);
        a.tunnel.renewKeys(a.peer(b), rig.nowNs);
        rig.settle();
        assertEquals(1, rig.keepalives(a).size());
        assertEquals(1, a.count(TunnelEvent.HandshakeCompleted.class));
        assertEquals(1, b.count(TunnelEvent.HandshakeCompleted.class));
    }

    @Test
    void retransmitsAfterFiveSecondsAndAThirdAtMost() {
        Set<Long> gaps = new HashSet<>();
        rig.loseAll();
        rig.join(a, b);
        a.packet(2, 1);
        rig.run(60);
        List<Rig.Datagram> sent = rig.initiations(a);
        assertTrue(sent.size() >= 11, sent.size() + " initiations");
        for (int i = 1; i < sent.size(); i++) {
            long gap = sent.get(i).atNs() - sent.get(i - 1).atNs();
            assertTrue(gap >= 5_000_000_000L && gap <= 5_333_000_000L, gap + " ns");
            gaps.add(gap);
        }
        assertTrue(gaps.size() > sent.size() / 2, "the jitter is no constant");
    }

    @Test
    void everyRetransmissionIsANewInitiation() {
        rig.loseAll();
        rig.join(a, b);
        a.packet(2, 1);
        rig.run(60);
        Set<String> ephemerals = new HashSet<>();
        for (Rig.Datagram datagram : rig.initiations(a)) {
            ephemerals.add(io.culvert.bytes.Hex.encode(datagram.bytes()).substring(8, 80));
        }
        assertEquals(rig.initiations(a).size(), ephemerals.size());
        assertEquals(1, a.tunnel.indices(), "only the last one can be answered");
    }

    @Test
    void givesUpAfterTwentyInitiationsAndDropsWhatWaited() {
        rig.loseAll();
        rig.join(a, b);
        a.packet(2, 1);
        a.packet(2, 2);
        rig.run(300);
        assertEquals(20, rig.initiations(a).size());
        assertEquals(1, a.count(TunnelEvent.HandshakeGaveUp.class));
        assertEquals(2, a.drops(DropReason.HANDSHAKE_GAVE_UP));
        assertEquals(0, a.peer(b).stagedPackets());
        double last = rig.initiations(a).getLast().second();
        assertTrue(last >= 95 && last <= 102, "last initiation at " + last);
    }

    @Test
    void newDataAfterGivingUpTriesAgain() {
        rig.loseAll();
        rig.join(a, b);
        a.packet(2, 1);
        rig.run(300);
        rig.loseNothing();
        a.packet(2, 2);
        rig.settle();
        assertEquals(List.of(2L), b.received);
    }

    @Test
    void aLateResponseAfterSeveralRetransmissionsStillCompletes() {
        rig.lose(d -> d.is(MessageType.RESPONSE));
        rig.join(a, b);
        a.packet(2, 1);
        rig.run(12);
        rig.loseNothing();
        rig.run(6);
        assertEquals(List.of(1L), b.received);
    }

    @Test
    void neverBeginsTwoHandshakesWithinFiveSeconds() {
        rig.loseAll();
        rig.join(a, b);
        for (int i = 0; i < 4990; i += 10) {
            a.packet(2, i);
            rig.nowNs += 10_000_000;
            assertEquals(1, rig.initiations(a).size());
        }
    }

    @Test
    void aResponseCountsAsAHandshakeSentToo() {
        rig.join(b, a);
        rig.lose(d -> d.isKeepalive() || d.isData());
        b.packet(1, 1);
        rig.settle();
        assertEquals(1, rig.responses(a).size());
        a.packet(2, 2); // a has only an unconfirmed key
        assertEquals(0, rig.initiations(a).size());
        rig.nowNs += Timing.REKEY_TIMEOUT_NS;
        a.packet(2, 3);
        assertEquals(1, rig.initiations(a).size());
    }

    @Test
    void unansweredDataBeginsANewHandshakeAfterFifteenSeconds() {
        Rig joined = Rig.joined();
        joined.run(11);
        joined.loseAll();
        joined.first().packet(2, 5);
        joined.run(14.9);
        assertEquals(0, joined.initiations(joined.first()).size());
        joined.run(0.5);
        assertEquals(1, joined.initiations(joined.first()).size());
        double at = joined.initiations(joined.first()).getFirst().second();
        assertTrue(at >= 26 && at <= 26.334, "at " + at);
    }

    @Test
    void theFifteenSecondsCountFromTheFirstUnansweredPacket() {
        Rig joined = Rig.joined();
        joined.run(11);
        joined.loseAll();
        for (int i = 0; i < 16; i++) {
            joined.first().packet(2, 5 + i); // each of these would re-arm a naive timer
            joined.run(1);
        }
        assertEquals(1, joined.initiations(joined.first()).size());
    }

    @Test
    void anAnswerOfAnyKindCallsTheNewHandshakeOff() {
        Rig joined = Rig.joined();
        joined.run(1);
        joined.first().packet(2, 5); // answered by the passive keepalive alone
        joined.run(60);
        assertEquals(0, joined.initiations(joined.first()).size());
    }

    @Test
    void aRestartedPeerIsReachedAgainWithinTwentyOneSeconds() {
        Rig joined = Rig.joined();
        Host a1 = joined.first();
        Host b1 = joined.second();
        joined.run(1);
        b1.tunnel.removePeer(a1.tunnel.publicKey());
        b1.add(a1, PresharedKey.NONE, 0);
        for (int i = 0; i < 21; i++) {
            a1.packet(2, 100 + i);
            joined.run(1);
        }
        assertTrue(b1.received.contains(120L), b1.received.toString());
    }

    @Test
    void keysAreZeroedNineMinutesAfterTheLastSession() {
        Rig joined = Rig.joined();
        joined.runTo(539.9);
        assertEquals(1, joined.first().tunnel.indices());
        assertNotNull(joined.first().peer(joined.second()).keys.current());
        joined.runTo(540.1);
        assertEquals(0, joined.first().tunnel.indices());
        assertEquals(0, joined.second().tunnel.indices());
        assertNull(joined.first().peer(joined.second()).keys.current());
    }

    @Test
    void aHandshakeGivenUpIsZeroedToo() {
        rig.loseAll();
        rig.join(a, b);
        a.packet(2, 1);
        rig.run(120);
        assertEquals(1, a.tunnel.indices());
        rig.run(540);
        assertEquals(0, a.tunnel.indices());
    }

    @Test
    void latestHandshakeIsNullWhenThereWasNone() {
        rig.loseAll();
        rig.join(a, b);
        assertNull(a.peer(b).latestHandshakeNs());
        a.packet(2, 1);
        rig.run(7);
        assertNull(a.peer(b).latestHandshakeNs());
        rig.loseNothing();
        rig.run(7);
        Long latest = a.peer(b).latestHandshakeNs();
        assertNotNull(latest);
        assertFalse(latest - Rig.START_NS < 10 * Rig.SECOND_NS);
    }

    @Test
    void aCarrierThatComesUpBeginsOneHandshakeNotTwo() {
        // the second would be a flood to the responder, and the first one's answer be for nobody
        rig.join(a, b, PresharedKey.NONE, 25);
        rig.nowNs += 50_000_000; // a cold virtual machine takes its time
        a.tunnel.renewKeys(a.peer(b), rig.nowNs);
        rig.settle();
        assertEquals(1, rig.initiations(a).size());
        assertEquals(1, a.count(TunnelEvent.HandshakeCompleted.class));
        assertEquals(0, b.drops(DropReason.HANDSHAKE_FLOOD));
    }

    @Test
    void aPeerWithoutEndpointStaysSilentAndSpeaksOnceItHasOne() {
        b.add(a, PresharedKey.NONE, 0);
        a.add(b, PresharedKey.NONE, 0);
        a.packet(2, 9);
        rig.run(3);
        assertEquals(0, rig.log.size());
        a.connect(b);
        rig.settle();
        assertEquals(List.of(9L), b.received);
    }

    @Test
    void aPeerThatIsNowhereCostsNoHandshakesThoughItsKeepaliveIsDue() {
        a.add(b, PresharedKey.NONE, 25);
        a.connect(b);
        rig.loseAll();
        a.packet(2, 1);
        a.tunnel.disconnect("host2");
        int before = rig.log.size();
        rig.run(300);
        assertEquals(before, rig.log.size());
        assertTrue(a.tunnel.indices() <= 1, "indices of handshakes that nobody hears");
    }
}
