package io.culvert.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PrivateKey;
import io.culvert.noise.LocalIdentity;
import io.culvert.stats.DropReason;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Initiations that are examined elsewhere, and what may happen meanwhile. */
final class ExaminationTest {
    private final Rig rig = new Rig();
    private final Host client = rig.host(1);
    private final Host server = rig.host(2);
    private final Host stranger = rig.host(3);
    private byte[] initiation = new byte[0];
    private byte[] strangers = new byte[0];

    @BeforeEach
    void anInitiationOfEach() {
        rig.join(client, server);
        rig.loseAll();
        client.packet(2, 42);
        initiation = rig.initiations(client).getLast().bytes();
        stranger.add(server, PresharedKey.NONE, 0);
        stranger.connect(server);
        stranger.packet(2, 1);
        strangers = rig.initiations(stranger).getLast().bytes();
        rig.loseNothing();
        server.worker.isPrompt = false;
    }

    private void collect() {
        assertFalse(server.tunnel.collect(rig.nowNs));
        rig.settle();
    }

    @Test
    void nothingHappensUntilItIsDone() {
        server.receive(initiation, "host1");
        rig.run(0.1);
        assertEquals(0, rig.responses(server).size());
        assertEquals(1, server.tunnel.examinations());
        assertNull(server.peer(client).endpoint());
        assertEquals(0, server.allDrops());
        assertEquals(1, server.worker.work(9));
        collect();
        assertEquals(List.of(42L), server.received);
        assertEquals(0, server.tunnel.examinations());
    }

    @Test
    void moreThanTheBoundAreDroppedUnlessTheyComeFromWhereAPeerIs() {
        server.connect(client);
        for (int i = 0; i < Tuning.EXAMINATIONS + 10; i++) {
            rig.nowNs += Rig.SECOND_NS / 100; // no load
            server.receive(strangers, "stranger" + i);
        }
        assertEquals(10, server.drops(DropReason.HANDSHAKE_OVERFLOW));
        assertEquals(Tuning.EXAMINATIONS, server.worker.waiting());
        server.receive(initiation, "host1");
        assertEquals(10, server.drops(DropReason.HANDSHAKE_OVERFLOW));
        assertEquals(1, server.worker.work(1), "and before all others");
        collect();
        assertEquals(List.of(42L), server.received);
        assertEquals(Tuning.EXAMINATIONS, server.worker.work(9999));
        while (server.tunnel.collect(rig.nowNs)) {
            // by turns
        }
        assertEquals(0, server.tunnel.examinations());
        assertEquals(Tuning.EXAMINATIONS, server.drops(DropReason.UNKNOWN_PEER));
    }

    @Test
    void whatIsDoneIsGoneOnWithByTurns() {
        for (int i = 0; i < Tuning.COLLECTED_AT_ONCE + 1; i++) {
            server.receive(strangers, "stranger");
        }
        server.worker.work(9999);
        assertTrue(server.tunnel.collect(rig.nowNs));
        assertEquals(Tuning.COLLECTED_AT_ONCE, server.drops(DropReason.UNKNOWN_PEER));
        assertFalse(server.tunnel.collect(rig.nowNs));
        assertEquals(Tuning.COLLECTED_AT_ONCE + 1, server.drops(DropReason.UNKNOWN_PEER));
    }

    @Test
    void anotherKeyOfOursMeanwhileIsNoMatchForIt() {
        server.receive(initiation, "host1");
        server.receive(initiation, "host1");
        server.worker.work(1);
        server.tunnel.identity(new LocalIdentity(PrivateKey.generate(rig.random)));
        server.worker.work(1); // by the key that is destroyed
        collect();
        assertEquals(2, server.drops(DropReason.BAD_HANDSHAKE));
        assertEquals(0, rig.responses(server).size());
        assertNull(server.peer(client).endpoint());
    }

    @Test
    void aPeerThatWentMeanwhileIsAStranger() {
        server.receive(initiation, "host1");
        server.worker.work(1);
        server.tunnel.removePeer(client.tunnel.publicKey());
        collect();
        assertEquals(1, server.drops(DropReason.UNKNOWN_PEER));
        assertEquals(0, server.tunnel.indices());
    }

    @Test
    void aConnectionThatClosedMeanwhileIsNobodysEndpoint() {
        server.receive(initiation, "host1");
        server.receive(strangers, "elsewhere");
        server.worker.work(1);
        server.tunnel.disconnect("host1");
        assertEquals(1, server.drops(DropReason.NO_CARRIER));
        assertEquals(1, server.tunnel.examinations());
        server.worker.work(1);
        collect();
        assertNull(server.peer(client).endpoint());
        assertEquals(0, rig.responses(server).size());
        assertEquals(0, server.tunnel.examinations());
    }

    @Test
    void theBoundHoldsThroughDisconnects() {
        server.connect(client);
        for (int i = 0; i < 10; i++) {
            server.receive(initiation, "host1");
        }
        server.tunnel.disconnect("host1");
        server.connect(client);
        for (int i = 0; i < Tuning.EXAMINATIONS + 1; i++) {
            rig.nowNs += Rig.SECOND_NS / 100;
            server.receive(initiation, "host1");
        }
        assertEquals(1, server.drops(DropReason.HANDSHAKE_OVERFLOW));
    }

    @Test
    void anEngineThatIsDestroyedMeanwhileTakesNothingMore() {
        server.receive(initiation, "host1");
        server.receive(initiation, "host1");
        server.worker.work(1);
        server.tunnel.destroy();
        server.worker.work(1);
        collect();
        assertEquals(0, rig.responses(server).size());
        assertEquals(0, server.tunnel.indices());
    }

    @Test
    void theFloodRuleGoesByWhenTheyCameNotWhenTheyWereDone() {
        server.receive(initiation, "host1");
        rig.run(0.1);
        client.tunnel.connect(client.peer(server), "host2", rig.nowNs); // begins anew
        rig.settle();
        server.worker.work(2);
        collect();
        assertEquals(0, server.drops(DropReason.HANDSHAKE_FLOOD));
        assertEquals(2, rig.responses(server).size());
    }

    @Test
    void endpointsAreKnownWhilePeersAreThere() {
        assertFalse(server.tunnel.isEndpoint("host1"));
        server.connect(client);
        assertTrue(server.tunnel.isEndpoint("host1"));
        server.tunnel.connect(server.peer(client), "moved", rig.nowNs);
        assertFalse(server.tunnel.isEndpoint("host1"));
        assertTrue(server.tunnel.isEndpoint("moved"));
        server.add(stranger, PresharedKey.NONE, 0);
        server.tunnel.connect(server.peer(stranger), "moved", rig.nowNs);
        server.tunnel.removePeer(client.tunnel.publicKey());
        assertTrue(server.tunnel.isEndpoint("moved"), "another one's");
        server.tunnel.disconnect("moved");
        assertFalse(server.tunnel.isEndpoint("moved"));
    }
}
