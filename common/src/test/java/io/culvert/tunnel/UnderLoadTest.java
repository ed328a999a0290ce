package io.culvert.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.crypto.PresharedKey;
import io.culvert.noise.CookieGenerator;
import io.culvert.noise.RemoteIdentity;
import io.culvert.stats.DropReason;
import io.culvert.wire.Initiation;
import io.culvert.wire.MessageType;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An engine under load: cookies first, then the limiter, and honest peers still get in. */
final class UnderLoadTest {
    private final Rig rig = new Rig();
    private final Host client = rig.host(1);
    private final Host server = rig.host(2);
    private final Host flooder = rig.host(3);
    private byte[] flood = new byte[0];

    @BeforeEach
    void makeAFlood() {
        rig.join(client, server);
        rig.loseAll();
        flooder.add(server, PresharedKey.NONE, 0);
        flooder.connect(server);
        flooder.packet(2, 1);
        flood = rig.log.getLast().bytes(); // a stranger's, with a right mac1
        rig.loseNothing();
        rig.log.clear();
    }

    private void flood() {
        for (int i = 0; i <= Tuning.LOAD_HANDSHAKES_PER_SECOND; i++) {
            server.receive(flood, "flooder");
        }
        rig.settle();
    }

    private List<Rig.Datagram> cookieReplies() {
        return rig.sent(server, d -> d.is(MessageType.COOKIE_REPLY));
    }

    @Test
    void aCookieIsAskedForOnlyUnderLoad() {
        for (int i = 0; i < Tuning.LOAD_HANDSHAKES_PER_SECOND; i++) {
            server.receive(flood, "flooder");
        }
        assertEquals(0, rig.log.size());
        server.receive(flood, "flooder");
        assertEquals(1, cookieReplies().size());
        assertEquals("flooder", cookieReplies().getFirst().to());
        assertEquals(64, cookieReplies().getFirst().bytes().length);
    }

    @Test
    void handshakeMessagesOfEveryKindAskRoutersForLowDelay() {
        flood();
        client.packet(2, 1);
        rig.run(20);
        assertEquals(Set.of(0x88), client.sentClasses.get(MessageType.INITIATION));
        assertEquals(Set.of(0x88), server.sentClasses.get(MessageType.RESPONSE));
        assertEquals(Set.of(0x88), server.sentClasses.get(MessageType.COOKIE_REPLY));
        assertEquals(Set.of(0), client.sentClasses.get(MessageType.TRANSPORT));
    }

    @Test
    void anHonestPeerRetriesWithTheCookieAndGetsIn() {
        flood();
        client.packet(2, 42);
        rig.settle();
        assertEquals(0, rig.responses(server).size());
        assertEquals(1, rig.initiations(client).size(), "the retry waits for its time");
        assertTrue(hasZeroMac2(rig.initiations(client).getFirst()));
        rig.run(4.9);
        flood();
        rig.run(0.5);
        assertEquals(2, rig.initiations(client).size());
        assertTrue(!hasZeroMac2(rig.initiations(client).getLast()));
        assertEquals(List.of(42L), server.received);
    }

    @Test
    void responsesAreAskedForACookieToo() {
        // the loaded one is the initiator now
        server.connect(client);
        rig.lose(d -> d.is(MessageType.RESPONSE));
        server.packet(1, 7);
        rig.settle();
        rig.loseNothing();
        flood();
        Rig.Datagram response = rig.responses(client).getLast();
        int before = cookieReplies().size();
        server.receive(response.bytes(), "host1");
        assertEquals(before + 1, cookieReplies().size());
        rig.settle();
        rig.run(5.4); // b's retransmission is answered with the cookie, under load or not
        assertEquals(List.of(7L), client.received);
        assertTrue(!hasZeroMac2(rig.responses(client).getLast()));
    }

    @Test
    void aResponseThatNobodyAskedForGetsNoCookie() {
        client.packet(2, 42);
        rig.settle();
        byte[] response = rig.responses(server).getFirst().bytes();
        flood();
        rig.log.clear();
        byte[] toServer = response.clone();
        sign(toServer);
        server.receive(toServer, "somewhere");
        assertEquals(0, rig.log.size());
        assertEquals(1, server.drops(DropReason.UNKNOWN_INDEX));
    }

    @Test
    void aConnectionIsAskedForNoCookieButLimited() {
        server.isProven = true;
        flood();
        assertEquals(0, cookieReplies().size());
        assertEquals(1 + Tuning.LOAD_HANDSHAKES_PER_SECOND, server.drops(DropReason.UNKNOWN_PEER));
        for (int i = 0; i < 100; i++) {
            server.receive(flood, "flooder");
        }
        assertEquals(96, server.drops(DropReason.RATE_LIMITED));
        client.packet(2, 42);
        rig.settle();
        assertEquals(List.of(42L), server.received, "its neighbour does not wait");
    }

    @Test
    void aSourceIsToldItsCookieOnceASecond() {
        flood();
        for (int i = 0; i < 100; i++) {
            server.receive(flood, "flooder");
            server.receive(flood, "another");
        }
        assertEquals(2, cookieReplies().size());
        rig.run(1.1);
        flood();
        assertEquals(3, cookieReplies().size());
    }

    @Test
    void cookieRepliesAreBoundedButForKnownEndpoints() {
        client.packet(2, 1);
        rig.settle();
        for (int i = 0; i < Tuning.COOKIE_REPLIES_PER_SECOND + 1000; i++) {
            server.receive(flood, "flooder" + i);
        }
        int replies = cookieReplies().size();
        assertEquals(Tuning.COOKIE_REPLIES_PER_SECOND - Tuning.LOAD_HANDSHAKES_PER_SECOND, replies);
        rig.loseAll();
        rig.run(5.1);
        client.tunnel.renewKeys(client.peer(server), rig.nowNs);
        byte[] ours = rig.initiations(client).getLast().bytes();
        rig.log.clear();
        for (int i = 0; i < Tuning.COOKIE_REPLIES_PER_SECOND + 1000; i++) {
            server.receive(flood, "flooder" + i);
        }
        rig.log.clear();
        server.receive(ours, "host1");
        assertEquals("host1", cookieReplies().getFirst().to());
    }

    @Test
    void rightCookiesAreStillLimitedPerSource() {
        flood();
        client.packet(2, 42);
        rig.settle();
        rig.loseAll();
        rig.run(5.5);
        byte[] withCookie = rig.initiations(client).getLast().bytes();
        flood();
        long before = server.drops(DropReason.RATE_LIMITED);
        int repliesBefore = cookieReplies().size();
        for (int i = 0; i < 20; i++) {
            server.receive(withCookie, "host1");
        }
        assertEquals(15, server.drops(DropReason.RATE_LIMITED) - before);
        assertEquals(repliesBefore, cookieReplies().size(), "over the limit is silent");
        assertEquals(1, rig.responses(server).size());
        assertEquals(4, server.drops(DropReason.REPLAYED_HANDSHAKE));
        assertEquals(1, server.tunnel.limitedSources());
    }

    @Test
    void aCookieIsNoUseFromAnotherAddress() {
        flood();
        client.packet(2, 42);
        rig.settle();
        rig.loseAll();
        rig.run(5.5);
        flood();
        byte[] withCookie = rig.initiations(client).getLast().bytes();
        server.receive(withCookie, "somewhere else");
        assertEquals(0, rig.responses(server).size());
        assertEquals("somewhere else", cookieReplies().getLast().to());
    }

    @Test
    void withoutLoadMac2IsIgnored() {
        rig.loseAll();
        client.packet(2, 42);
        byte[] message = rig.initiations(client).getLast().bytes();
        Arrays.fill(message, Initiation.MAC2, message.length, (byte) 0x5a);
        server.receive(message, "host1");
        assertEquals(1, rig.responses(server).size());
    }

    @Test
    void wrongMac1IsSilentAlsoUnderLoadAndIsNoLoadItself() {
        byte[] wrong = flood.clone();
        wrong[Initiation.MAC1] ^= 1;
        for (int i = 0; i < 1000; i++) {
            server.receive(wrong, "flooder");
        }
        server.receive(flood, "flooder");
        assertEquals(0, rig.log.size());
        assertEquals(1000, server.drops(DropReason.BAD_MAC1));
        flood();
        int replies = cookieReplies().size();
        server.receive(wrong, "flooder");
        assertEquals(replies, cookieReplies().size());
    }

    @Test
    void loadEndsASecondAfterTheFlood() {
        flood();
        rig.run(2.1);
        rig.log.clear();
        client.packet(2, 42);
        rig.settle();
        assertEquals(List.of(42L), server.received);
        assertEquals(0, cookieReplies().size());
    }

    @Test
    void gotatun080ACookieReplyMovesNoEndpoint() {
        flood();
        rig.loseAll();
        client.packet(2, 42);
        server.receive(rig.initiations(client).getLast().bytes(), "host1");
        byte[] reply = cookieReplies().getLast().bytes();
        client.receive(reply, "attacker");
        assertEquals("host2", client.peer(server).endpoint());
        assertEquals(0, client.drops(DropReason.BAD_COOKIE_REPLY));
        client.receive(reply, "attacker");
        assertEquals(1, client.drops(DropReason.BAD_COOKIE_REPLY), "once for each mac1");
    }

    @Test
    void liveSessionsAreNotTouchedByTheFlood() {
        client.packet(2, 1);
        rig.settle();
        flood();
        for (int i = 2; i < 100; i++) {
            client.packet(2, i);
            server.packet(1, i);
        }
        rig.settle();
        assertEquals(99, server.received.size());
        assertEquals(98, client.received.size());
        assertNotEquals(0, server.drops(DropReason.RATE_LIMITED));
    }

    @Test
    void theLimiterIsBoundedUnderAFloodOfAddresses() {
        flood();
        for (int i = 0; i < 100_000; i++) {
            server.receive(flood, "flooder" + i % 5000);
        }
        assertEquals(0, server.tunnel.limitedSources(), "without a cookie nobody is remembered");
        assertEquals(0, server.tunnel.indices());
    }

    /** Puts the mac1 on it that the server's peers would. */
    private void sign(byte[] message) {
        RemoteIdentity remote =
                new RemoteIdentity(
                        client.tunnel.identity(), server.tunnel.publicKey(), PresharedKey.NONE);
        new CookieGenerator(remote).addMacs(message, message.length, rig.nowNs);
    }

    private static boolean hasZeroMac2(Rig.Datagram datagram) {
        byte[] bytes = datagram.bytes();
        byte[] mac2 = Arrays.copyOfRange(bytes, bytes.length - 16, bytes.length);
        return Arrays.equals(mac2, new byte[16]);
    }
}
