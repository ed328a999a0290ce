package io.culvert.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PrivateKey;
import io.culvert.crypto.PublicKey;
import io.culvert.noise.LocalIdentity;
import io.culvert.stats.DropReason;
import io.culvert.wire.Initiation;
import io.culvert.wire.MessageType;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Peers that come, change and go; clocks that jump; ends that call at the same moment. */
final class PeerLifeTest {
    private final Rig rig = new Rig();
    private final Host a = rig.host(1);
    private final Host b = rig.host(2);

    @Test
    void ourOwnPublicKeyIsIgnoredAsAPeer() {
        PeerConfig self =
                new PeerConfig(a.tunnel.publicKey(), PresharedKey.NONE, List.of(Rig.only(9)), 25);
        assertNull(a.tunnel.addPeer(self));
        assertEquals(0, a.tunnel.peers().size());
        assertNull(a.tunnel.peerFor(Packets.ipv4(1, 9, 0), 0));
    }

    @Test
    void aRemovedPeerFreesItsIndicesAndRoutes() {
        rig.join(a, b);
        a.packet(2, 1);
        rig.settle();
        rig.loseAll();
        rig.run(6);
        a.tunnel.renewKeys(a.peer(b), rig.nowNs); // a handshake in flight besides the session
        assertEquals(2, a.tunnel.indices());
        a.tunnel.removePeer(b.tunnel.publicKey());
        assertEquals(0, a.tunnel.indices());
        assertNull(a.tunnel.peerFor(Packets.ipv4(1, 2, 0), 0));
        rig.loseNothing();
        b.packet(1, 5);
        rig.settle();
        assertEquals(List.of(), a.received);
        assertEquals(1, a.tunnel.drops().of(DropReason.UNKNOWN_INDEX));
    }

    @Test
    void tailscaleLeakARemovedPeerTakesNoIndexAgain() {
        rig.join(a, b);
        a.packet(2, 1);
        rig.settle();
        Peer<String> gone = a.peer(b);
        a.tunnel.removePeer(b.tunnel.publicKey());
        rig.log.clear();
        // somebody still holds the peer: a queue, a dialer that has just connected
        byte[] array = new byte[128];
        assertEquals(0, a.tunnel.seal(gone, array, 0, 28, rig.nowNs));
        a.tunnel.connect(gone, "host2", rig.nowNs);
        a.tunnel.renewKeys(gone, rig.nowNs);
        rig.run(1000);
        assertEquals(0, a.tunnel.indices());
        assertEquals(0, gone.stagedPackets());
        assertEquals(0, rig.initiations(a).size());
        assertNull(gone.endpoint());
    }

    @Test
    void removingAnUnknownPeerIsNothing() {
        rig.join(a, b);
        a.tunnel.removePeer(PrivateKey.generate(rig.random).publicKey());
        assertEquals(1, a.tunnel.peers().size());
    }

    @Test
    void addingAPeerAgainReplacesItAndItsPresharedKeySurvives() {
        PresharedKey psk = PresharedKey.generate(rig.random);
        rig.join(a, b, psk, 0);
        a.add(b, psk, 0);
        a.connect(b);
        a.packet(2, 1);
        rig.settle();
        assertEquals(List.of(1L), b.received);
        assertEquals(1, a.tunnel.peers().size());
    }

    @Test
    void aChangedPresharedKeyIsUsedByTheNextHandshake() {
        rig.join(a, b);
        a.packet(2, 1);
        rig.settle();
        PresharedKey psk = PresharedKey.generate(rig.random);
        a.tunnel.presharedKey(a.peer(b), psk);
        a.packet(2, 2);
        rig.settle();
        assertEquals(List.of(1L, 2L), b.received, "live keys stay");
        rig.run(130);
        a.packet(2, 3);
        rig.run(7);
        assertEquals(1, a.count(TunnelEvent.HandshakeCompleted.class), "only one end has it");
        b.tunnel.presharedKey(b.peer(a), psk);
        rig.run(7);
        assertEquals(2, a.count(TunnelEvent.HandshakeCompleted.class));
    }

    @Test
    void strangersGetNoAnswer() {
        a.add(b, PresharedKey.NONE, 0);
        a.connect(b);
        a.packet(2, 1);
        rig.settle();
        assertEquals(0, rig.sent(b, d -> true).size());
        assertEquals(1, b.drops(DropReason.UNKNOWN_PEER));
        assertEquals(0, b.tunnel.peers().size());
        assertEquals(0, b.tunnel.indices());
    }

    @Test
    void aPeerWithALowOrderKeyIsNeverSentAnything() {
        for (String key : new String[] {"00".repeat(32), "01" + "00".repeat(31)}) {
            PublicKey weak = PublicKey.parseHex(key);
            PeerConfig config = new PeerConfig(weak, PresharedKey.NONE, List.of(Rig.only(7)), 5);
            Peer<String> peer = Objects.requireNonNull(a.tunnel.addPeer(config));
            a.tunnel.connect(peer, "host7", rig.nowNs);
            a.packet(7, 1);
            rig.run(600);
            assertEquals(0, rig.log.size());
            assertEquals(0, a.tunnel.indices());
        }
    }

    @Test
    void aReplayedInitiationChangesNothing() {
        rig.join(a, b);
        a.packet(2, 1);
        rig.settle();
        Rig.Datagram first = rig.initiations(a).getFirst();
        rig.run(60);
        rig.log.clear();
        b.receive(first.bytes(), "host1");
        rig.settle();
        assertEquals(0, rig.log.size());
        assertEquals(1, b.drops(DropReason.REPLAYED_HANDSHAKE));
        rig.run(3600); // also after every session has died
        b.receive(first.bytes(), "host1");
        assertEquals(2, b.drops(DropReason.REPLAYED_HANDSHAKE));
    }

    @Test
    void twoInitiationsWithinTwentyMillisecondsAreAFlood() {
        rig.loseAll();
        rig.join(a, b);
        for (int i = 0; i < 3; i++) {
            a.packet(2, i);
            a.connect(b); // each new path repeats the handshake at once
            rig.nowNs += 1;
        }
        List<Rig.Datagram> three = rig.initiations(a).subList(1, 4);
        b.receive(three.get(0).bytes(), "host1");
        rig.nowNs += 20_000_000 - 1;
        b.receive(three.get(1).bytes(), "host1");
        assertEquals(1, b.drops(DropReason.HANDSHAKE_FLOOD));
        rig.nowNs += 1;
        b.receive(three.get(2).bytes(), "host1");
        assertEquals(2, rig.responses(b).size());
    }

    @Test
    void cve202146873AClockSetBackDoesNotLockTheKeyOut() {
        rig.join(a, b);
        a.wallOffsetSeconds = 10L * 365 * 86_400;
        a.packet(2, 1);
        rig.settle();
        a.wallOffsetSeconds = 0; // the time server had lied, and now tells the truth
        for (int i = 2; i < 20; i++) {
            rig.run(200);
            a.packet(2, i);
            rig.run(1);
            assertEquals(i, b.received.size());
        }
    }

    @Test
    void aHandshakeSlowerThan250MillisecondsStillCounts() {
        rig.lose(d -> d.is(MessageType.RESPONSE));
        rig.join(a, b);
        a.packet(2, 1);
        rig.run(4.9);
        rig.loseNothing();
        a.receive(rig.responses(b).getFirst().bytes(), "host2");
        rig.settle();
        assertEquals(List.of(1L), b.received);
    }

    @Test
    void indicesAreRandom() {
        rig.loseAll();
        rig.join(a, b);
        a.packet(2, 1);
        rig.run(60);
        List<Rig.Datagram> sent = rig.initiations(a);
        for (int i = 1; i < sent.size(); i++) {
            int before = Initiation.sender(sent.get(i - 1).bytes(), 0);
            int after = Initiation.sender(sent.get(i).bytes(), 0);
            assertTrue(Math.abs((long) after - before) > 2, before + " then " + after);
        }
    }

    @Test
    void simultaneousOpenCompletesInOneRoundTrip() {
        for (int seed = 1; seed <= 300; seed++) {
            Rig crossing = new Rig(seed);
            Host left = crossing.host(1);
            Host right = crossing.host(2);
            crossing.join(left, right);
            right.connect(left);
            crossing.loseAll();
            left.packet(2, 11);
            right.packet(1, 22);
            crossing.loseNothing();
            // 300 ms on the road, in both directions
            crossing.nowNs += 300_000_000;
            right.receive(crossing.initiations(left).getFirst().bytes(), "host1");
            left.receive(crossing.initiations(right).getFirst().bytes(), "host2");
            crossing.run(1);
            assertEquals(List.of(22L), left.received, "seed " + seed);
            assertEquals(List.of(11L), right.received, "seed " + seed);
        }
    }

    @Test
    void bytesAreCountedAsWireGuardCounts() {
        rig.join(a, b);
        a.packet(2, 1);
        rig.settle();
        assertEquals(148 + 64, a.peer(b).txBytes());
        assertEquals(92, a.peer(b).rxBytes());
        assertEquals(148 + 64, b.peer(a).rxBytes());
        assertEquals(92, b.peer(a).txBytes());
    }

    @Test
    void aDestroyedEngineHoldsNothing() {
        rig.join(a, b);
        a.packet(2, 1);
        rig.settle();
        a.tunnel.destroy();
        assertEquals(0, a.tunnel.indices());
        assertEquals(0, a.tunnel.peers().size());
    }

    @Test
    void configurationRefusesAKeepaliveOutOfRange() {
        PublicKey key = b.tunnel.publicKey();
        for (int seconds : new int[] {-1, 65_536}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new PeerConfig(key, PresharedKey.NONE, List.of(), seconds));
        }
    }

    @Test
    void anotherKeyOfOursIsUsedAtOnceAndTheOldSessionsSealNothingMore() {
        rig.join(a, b);
        a.packet(2, 1);
        rig.settle();
        rig.log.clear();
        LocalIdentity fresh = new LocalIdentity(PrivateKey.generate(rig.random));
        Peer<String> before = b.peer(a);
        assertNull(a.tunnel.identity(fresh));
        b.tunnel.addPeer(
                new PeerConfig(fresh.publicKey(), PresharedKey.NONE, List.of(Rig.only(1)), 0));
        a.packet(2, 2);
        rig.settle();
        assertEquals(List.of(1L, 2L), b.received);
        assertEquals(1, rig.initiations(a).size());
        assertEquals(1, b.tunnel.allowedIps(b.peer(a)).size());
        assertEquals(0, b.tunnel.allowedIps(before).size());
    }

    @Test
    void whatIsUnderWayIsStillOpenedAfterAChangeOfOurKey() {
        rig.join(a, b);
        a.packet(2, 1);
        rig.settle();
        b.packet(1, 7);
        a.tunnel.identity(new LocalIdentity(PrivateKey.generate(rig.random)));
        rig.settle();
        assertEquals(List.of(7L), a.received);
    }

    @Test
    void aPeerWithOurNewPublicKeyGoes() {
        rig.join(a, b);
        PrivateKey key = PrivateKey.generate(rig.random);
        Peer<String> self =
                a.tunnel.addPeer(new PeerConfig(key.publicKey(), PresharedKey.NONE, List.of(), 0));
        assertSame(self, a.tunnel.identity(new LocalIdentity(key)));
        assertEquals(1, a.tunnel.peers().size());
    }

    @Test
    void withoutAKeyNobodyIsCalledAndNobodyAnswered() {
        rig.join(a, b);
        a.tunnel.identity(LocalIdentity.unset(rig.random));
        a.packet(2, 1);
        b.tunnel.connect(b.tunnel.peers().iterator().next(), a.address, rig.nowNs);
        b.packet(1, 2);
        rig.run(20);
        assertEquals(0, rig.initiations(a).size());
        assertEquals(0, rig.responses(a).size());
    }

    @Test
    void thePersistentKeepaliveMayBeTurnedOnChangedAndOff() {
        rig.join(a, b);
        a.packet(2, 1);
        rig.run(15);
        rig.log.clear();
        a.tunnel.persistentKeepalive(a.peer(b), 7, rig.nowNs);
        rig.run(15);
        assertEquals(3, rig.keepalives(a).size(), "at once, then every 7 s");
        assertEquals(7, a.peer(b).persistentKeepaliveSeconds());
        a.tunnel.persistentKeepalive(a.peer(b), 0, rig.nowNs);
        rig.log.clear();
        rig.run(60);
        assertEquals(0, rig.keepalives(a).size());
    }

    @Test
    void prefixesAreGivenAndTakenOneByOne() {
        rig.join(a, b);
        Host c = rig.host(3);
        a.add(c, PresharedKey.NONE, 0);
        a.tunnel.allow(a.peer(c), Rig.only(2));
        assertEquals(List.of(), a.tunnel.allowedIps(a.peer(b)));
        a.tunnel.disallow(a.peer(b), Rig.only(2));
        assertEquals(2, a.tunnel.allowedIps(a.peer(c)).size(), "it is not b's to lose");
        a.tunnel.disallow(a.peer(c), Rig.only(2));
        assertEquals(List.of(Rig.only(3)), a.tunnel.allowedIps(a.peer(c)));
        a.tunnel.disallowAll(a.peer(c));
        assertEquals(List.of(), a.tunnel.allowedIps(a.peer(c)));
    }
}
