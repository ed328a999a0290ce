package io.culvert.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.BigEndian;
import io.culvert.crypto.PresharedKey;
import io.culvert.ip.IpPrefix;
import io.culvert.ip.SuperPacket;
import io.culvert.ip.TestPackets;
import io.culvert.ip.TestPackets.Recipe;
import io.culvert.ip.VirtioHeader;
import io.culvert.stats.DropReason;
import io.culvert.wire.Transport;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Allowed IPs as the source check, inner packets' shape, and padding (paper §2, §5.4.6). */
final class CryptoRoutingTest {
    private final Rig rig = new Rig();
    private final Host server = rig.host(1);
    private final Host wide = rig.host(2);
    private final Host narrow = rig.host(3);

    /** The server lets host 2 have 10.0.0.0/24, but 10.0.0.3 out of it is host 3's. */
    private void overlap() {
        server.add(wide, PresharedKey.NONE, 0, IpPrefix.parse("10.0.0.0/24"));
        server.add(narrow, PresharedKey.NONE, 0, Rig.only(3));
        for (Host client : List.of(wide, narrow)) {
            client.add(server, PresharedKey.NONE, 0, IpPrefix.parse("0.0.0.0/0"));
            client.connect(server);
            client.packet(Packets.ipv4(client.number, 1, client.number));
            rig.settle();
        }
        assertEquals(List.of(2L, 3L), server.received);
    }

    @Test
    void gotatun072PeerCannotSourceAnothersAddressInsideAnOverlappingSubnet() {
        overlap();
        wide.packet(Packets.ipv4(3, 1, 100));
        rig.settle();
        assertEquals(1, server.peer(wide).drops().of(DropReason.DISALLOWED_SOURCE));
        assertEquals(List.of(2L, 3L), server.received);
        wide.packet(Packets.ipv4(4, 1, 101)); // the rest of its own subnet is fine
        rig.settle();
        assertEquals(List.of(2L, 3L, 101L), server.received);
    }

    @Test
    void theNarrowPeerCannotSourceTheWideSubnet() {
        overlap();
        narrow.packet(Packets.ipv4(2, 1, 100));
        narrow.packet(Packets.ipv4(4, 1, 101));
        rig.settle();
        assertEquals(2, server.peer(narrow).drops().of(DropReason.DISALLOWED_SOURCE));
        assertEquals(List.of(2L, 3L), server.received);
    }

    @Test
    void theSourceIsCheckedNotTheDestination() {
        overlap();
        wide.packet(Packets.ipv4(2, 200, 100));
        rig.settle();
        assertTrue(server.received.contains(100L));
    }

    @Test
    void packetsGoToTheLongestPrefix() {
        overlap();
        assertSame(server.peer(narrow), server.tunnel.peerFor(Packets.ipv4(1, 3, 0), 0));
        assertSame(server.peer(wide), server.tunnel.peerFor(Packets.ipv4(1, 4, 0), 0));
        byte[] outside = Packets.ipv4(1, 4, 0);
        BigEndian.putInt(outside, 16, 0x0b000001);
        assertNull(server.tunnel.peerFor(outside, 0));
    }

    @Test
    void aPrefixGivenToAnotherPeerIsTakenFromTheFirst() {
        overlap();
        server.add(narrow, PresharedKey.NONE, 0, IpPrefix.parse("10.0.0.0/24"));
        assertEquals(List.of(), server.tunnel.allowedIps(server.peer(wide)));
        wide.packet(Packets.ipv4(2, 1, 100));
        rig.settle();
        assertEquals(1, server.peer(wide).drops().of(DropReason.DISALLOWED_SOURCE));
    }

    @Test
    void innerPacketsThatAreNoneAreDroppedAndCounted() {
        overlap();
        byte[] version5 = Packets.ipv4(2, 1, 1);
        version5[0] = 0x55;
        byte[] tooLong = Packets.ipv4(2, 1, 1);
        BigEndian.putShort(tooLong, 2, 1000);
        byte[] shortHeader = Packets.ipv4(2, 1, 1);
        shortHeader[0] = 0x44;
        for (byte[] bad : List.of(version5, tooLong, shortHeader, new byte[] {0x45})) {
            sealTo(wide, server, bad);
        }
        rig.settle();
        assertEquals(4, server.peer(wide).drops().of(DropReason.BAD_INNER_PACKET));
        assertEquals(2, server.received.size());
    }

    @Test
    void aSuperPacketIsOpenedBehindItsHeader() {
        overlap();
        server.tunnel.allow(server.peer(wide), IpPrefix.parse("10.8.0.2/32"));
        byte[] datagram = sealed(wide, server, superPacket(1000));
        int length = server.tunnel.receive(datagram, 0, datagram.length, wide.address, rig.nowNs);
        assertEquals(3052, length);
        assertTrue(SuperPacket.isAt(datagram, Transport.CONTENT));
        int packet = Transport.CONTENT + SuperPacket.HEADER;
        assertEquals(1000, VirtioHeader.gsoSize(datagram, packet));
        assertEquals(52, VirtioHeader.headerLength(datagram, packet), "ours, not the sender's 0");
    }

    @Test
    void aSuperPacketsSourceMustBeThePeersToo() {
        overlap();
        sealTo(wide, server, superPacket(1000));
        rig.settle();
        assertEquals(1, server.peer(wide).drops().of(DropReason.DISALLOWED_SOURCE));
    }

    @Test
    void aSuperPacketWhoseOffloadFieldsLieIsDroppedAndCounted() {
        overlap();
        server.tunnel.allow(server.peer(wide), IpPrefix.parse("10.8.0.2/32"));
        byte[] cutShort = java.util.Arrays.copyOf(superPacket(1000), 100);
        byte[] withoutMark = superPacket(1000);
        withoutMark[0] = 0x11;
        byte[] single = superPacket(1000);
        VirtioHeader.clear(single, SuperPacket.HEADER);
        byte[] elsewhere = superPacket(1000);
        VirtioHeader.putChecksum(elsewhere, SuperPacket.HEADER, 19, 16);
        byte[] otherKind = superPacket(1000);
        VirtioHeader.putKind(
                otherKind, SuperPacket.HEADER, VirtioHeader.NEEDS_CSUM, VirtioHeader.GSO_TCPV6);
        List<byte[]> bad =
                List.of(
                        cutShort,
                        withoutMark,
                        single,
                        elsewhere,
                        otherKind,
                        superPacket(0),
                        new byte[] {0x10});
        for (byte[] each : bad) {
            sealTo(wide, server, each);
        }
        rig.settle();
        assertEquals(bad.size(), server.peer(wide).drops().of(DropReason.BAD_INNER_PACKET));
        assertEquals(2, server.received.size());
    }

    /** Three segments of 1000 bytes from 10.8.0.2, as one plaintext. */
    private static byte[] superPacket(int gsoSize) {
        byte[] packet = TestPackets.tcp(Recipe.tcp4(1, 1, 1, 3000));
        byte[] kernels = TestPackets.superPacket(packet, gsoSize, false);
        byte[] content = new byte[SuperPacket.HEADER + packet.length];
        SuperPacket.mark(kernels, 64, content, 0);
        System.arraycopy(packet, 0, content, SuperPacket.HEADER, packet.length);
        return content;
    }

    private byte[] sealed(Host from, Host to, byte[] content) {
        byte[] array = new byte[content.length + 64];
        System.arraycopy(content, 0, array, Transport.CONTENT, content.length);
        Peer<String> peer = from.peer(to);
        int length = from.tunnel.seal(peer, array, 0, content.length, rig.nowNs);
        assertTrue(length > 0);
        return java.util.Arrays.copyOf(array, length);
    }

    private void sealTo(Host from, Host to, byte[] content) {
        byte[] datagram = sealed(from, to, content);
        from.send(to.address, datagram, 0, datagram.length, 0);
    }

    @Test
    void paddingIsToSixteenButNeverBeyondTheMtu() {
        overlap();
        for (int length = 28; length <= Host.MTU; length++) {
            int expected = Math.min((length + 15) / 16 * 16, Host.MTU);
            assertEquals(expected + 32, wide.packet(packetOf(length)), "length " + length);
        }
        rig.settle();
        assertEquals(2 + Host.MTU - 28 + 1, server.received.size());
    }

    @Test
    void packetsBeyondTheMtuArePaddedByWhatIsLeftOfThem() {
        overlap();
        Random random = new Random(5);
        for (int i = 0; i < 300; i++) {
            int length = Host.MTU + 1 + random.nextInt(65_000 - Host.MTU);
            int last = length % Host.MTU;
            int expected = length - last + Math.min((last + 15) / 16 * 16, Host.MTU);
            assertEquals(expected + 32, wide.packet(packetOf(length)), "length " + length);
        }
        rig.settle();
        assertEquals(302, server.received.size());
    }

    @Test
    void theLargestPacketPassesAlsoWhenItWasStaged() {
        wide.add(server, PresharedKey.NONE, 0);
        server.add(wide, PresharedKey.NONE, 0);
        wide.connect(server);
        assertEquals(0, wide.packet(packetOf(65_535)));
        rig.settle();
        wide.packet(packetOf(65_535));
        rig.settle();
        assertEquals(2, server.received.size());
    }

    @Test
    void paddingIsZeroAndTrimmedAway() {
        overlap();
        rig.loseAll();
        wide.packet(packetOf(33)); // in an array full of 0xaa
        byte[] array = rig.log.getLast().bytes().clone();
        assertEquals(48 + 32, array.length);
        assertEquals(33, server.tunnel.receive(array, 0, array.length, "host2", rig.nowNs));
        for (int i = Transport.CONTENT + 33; i < Transport.CONTENT + 48; i++) {
            assertEquals(0, array[i], "byte " + i + " leaks what stood in the array");
        }
    }

    private static byte[] packetOf(int length) {
        byte[] packet = java.util.Arrays.copyOf(Packets.ipv4(2, 1, length), length);
        BigEndian.putShort(packet, 2, length);
        return packet;
    }
}
