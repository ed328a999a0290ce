package io.culvert.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culvert.stats.DropReason;
import io.culvert.wire.MessageType;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Packets that wait for a key. */
final class StagingTest {
    private final Rig rig = new Rig();
    private final Host a = rig.host(1);
    private final Host b = rig.host(2);

    @Test
    void staged128PacketsDropOldest() {
        rig.loseAll();
        rig.join(a, b);
        for (int i = 0; i < 200; i++) {
            a.packet(2, i);
        }
        assertEquals(128, a.peer(b).stagedPackets());
        assertEquals(72, a.drops(DropReason.STAGE_OVERFLOW));
        rig.loseNothing();
        rig.run(6);
        assertEquals(LongStream.range(72, 200).boxed().toList(), b.received, "order or choice");
    }

    @Test
    void stagedPacketsAreCopies() {
        rig.loseAll();
        rig.join(a, b);
        byte[] packet = Packets.ipv4(1, 2, 77);
        byte[] array = new byte[packet.length + 64];
        System.arraycopy(packet, 0, array, 16, packet.length);
        assertEquals(0, a.tunnel.seal(a.peer(b), array, 0, packet.length, rig.nowNs));
        java.util.Arrays.fill(array, (byte) 0xff);
        rig.loseNothing();
        rig.run(6);
        assertEquals(List.of(77L), b.received);
    }

    @Test
    void stagedPacketsKeepTheirCodepoint() {
        rig.loseAll();
        rig.join(a, b);
        byte[] capable = Packets.ipv4(1, 2, 77);
        capable[1] = (byte) 0xba;
        a.packet(capable);
        rig.loseNothing();
        rig.run(6);
        assertEquals(List.of(77L), b.received);
        assertEquals(Set.of(0b10), a.sentClasses.get(MessageType.TRANSPORT));
    }

    @Test
    void whatWaitsWhenTheKeyExpiresGoesOutWithTheNextOne() {
        Rig joined = Rig.joined();
        joined.runTo(300);
        joined.loseAll();
        joined.first().packet(2, 5);
        joined.first().packet(2, 6);
        joined.loseNothing();
        joined.run(6);
        assertEquals(List.of(1L, 5L, 6L), joined.second().received);
        assertEquals(0, joined.first().peer(joined.second()).stagedPackets());
    }

    @Test
    void stagedPacketsOfOnePeerDoNotCrowdOutAnothers() {
        Host c = rig.host(3);
        rig.loseAll();
        rig.join(a, b);
        rig.join(a, c);
        a.packet(3, 1);
        for (int i = 0; i < 500; i++) {
            a.packet(2, i);
        }
        assertEquals(1, a.peer(c).stagedPackets());
    }
}
