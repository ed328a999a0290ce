package io.culvert.ip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.BigEndian;
import io.culvert.ip.TestPackets.Recipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Super-packets cut into packets, each checked by an implementation of its own. */
final class SegmenterTest {
    private static final int AT = 64;
    private final Segmenter segmenter = new Segmenter();

    @ParameterizedTest
    @CsvSource({
        "false, 1448, 1448, 1",
        "false, 1449, 1448, 2",
        "false, 14480, 1448, 10",
        "false, 65000, 1448, 45",
        "false, 100, 1448, 1",
        "false, 4096, 8, 512",
        "true, 1428, 1428, 1",
        "true, 65000, 1428, 46",
        "true, 5, 8, 1",
        "true, 65483, 1428, 46",
    })
    void cutsTcpIntoRightSegments(boolean isIpv6, int payload, int gsoSize, int count) {
        int flags = TcpHeader.ACK | TcpHeader.PSH | TcpHeader.FIN | TcpHeader.CWR;
        Recipe recipe = new Recipe(isIpv6, 7, 0xfffe, 0xffff_ff00L, flags, 2, 12, payload);
        byte[] packet = TestPackets.tcp(recipe);
        byte[] array = TestPackets.superPacket(packet, gsoSize, false);
        List<byte[]> segments = cut(array, packet.length, count);
        int header = (isIpv6 ? 40 : 20) + 32;
        int at = 0;
        for (int i = 0; i < count; i++) {
            byte[] segment = segments.get(i);
            int transport = isIpv6 ? 40 : 20;
            boolean isLast = i == count - 1;
            assertTrue(TestPackets.isRight(segment), "segment " + i);
            assertEquals((int) (0xffff_ff00L + at), TcpHeader.sequence(segment, transport));
            int expected = TcpHeader.ACK | (isLast ? TcpHeader.PSH | TcpHeader.FIN : 0);
            expected |= i == 0 ? TcpHeader.CWR : 0;
            assertEquals(expected, TcpHeader.flags(segment, transport));
            int length = segment.length - header;
            assertEquals(isLast ? payload - at : gsoSize, length);
            assertTrue(
                    Arrays.equals(
                            segment,
                            header,
                            segment.length,
                            packet,
                            header + at,
                            header + at + length));
            assertTrue(
                    Arrays.equals(segment, transport + 20, header, packet, transport + 20, header));
            if (!isIpv6) {
                assertEquals((0xfffe + i) & 0xffff, Ipv4Header.identification(segment, 0));
            }
            at += length;
        }
        assertEquals(payload, at);
    }

    @ParameterizedTest
    @CsvSource({
        "false, 1200, 1200, 1",
        "false, 12001, 1200, 11",
        "true, 64000, 1000, 64",
        "true, 7, 1, 7"
    })
    void cutsUdpIntoRightDatagrams(boolean isIpv6, int payload, int gsoSize, int count) {
        byte[] packet = TestPackets.udp(new Recipe(isIpv6, 3, 100, 1, 0, 0, 0, payload));
        byte[] array = TestPackets.superPacket(packet, gsoSize, true);
        List<byte[]> datagrams = cut(array, packet.length, count);
        int header = isIpv6 ? 48 : 28;
        int at = header;
        for (byte[] datagram : datagrams) {
            assertTrue(TestPackets.isRight(datagram));
            int length = datagram.length - header;
            assertTrue(Arrays.equals(datagram, header, datagram.length, packet, at, at + length));
            at += length;
        }
        assertEquals(packet.length, at);
    }

    @Test
    void cutsBehindIpOptionsAndExtensionHeaders() {
        byte[] plain = TestPackets.tcp(Recipe.tcp6(1, 1000, 3000));
        byte[] packet = new byte[plain.length + 24];
        System.arraycopy(plain, 0, packet, 0, 40);
        System.arraycopy(plain, 40, packet, 64, plain.length - 40);
        packet[6] = 0; // hop-by-hop, 8 bytes, then destination options, 16 bytes, then TCP
        packet[40] = 60;
        packet[48] = 6;
        packet[49] = 1;
        BigEndian.putShort(packet, 4, packet.length - 40);
        byte[] array = TestPackets.superPacket(packet, 1000, false);
        System.arraycopy(packet, 40, array, AT + 40, 24);
        VirtioHeader.putChecksum(array, AT, 64, 16);
        for (byte[] segment : cut(array, packet.length, 3)) {
            assertEquals(segment.length - 40, Ipv6Header.payloadLength(segment, 0));
            assertTrue(Arrays.equals(packet, 40, 64, segment, 40, 64));
            byte[] bare = new byte[segment.length - 24];
            System.arraycopy(segment, 0, bare, 0, 40);
            System.arraycopy(segment, 64, bare, 40, segment.length - 64);
            assertEquals(0, TestPackets.transportChecksum(bare, 40, 6));
        }
    }

    @Test
    void takesAnOrdinaryPacketAsItIs() {
        byte[] packet = TestPackets.tcp(Recipe.tcp4(1, 1, 1, 500));
        byte[] array = TestPackets.padded(packet);
        assertArrayEquals(packet, cut(array, packet.length, 1).getFirst());
        VirtioHeader.putKind(array, AT, VirtioHeader.DATA_VALID, 0);
        assertArrayEquals(packet, cut(array, packet.length, 1).getFirst());
    }

    @Test
    void dropsPaddingBehindThePacket() {
        byte[] packet = TestPackets.tcp(Recipe.tcp4(1, 1, 1, 100));
        byte[] array = TestPackets.padded(Arrays.copyOf(packet, packet.length + 15));
        assertArrayEquals(packet, cut(array, packet.length + 15, 1).getFirst());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void completesAPartialChecksumOnce(boolean isUdp) {
        Recipe recipe = Recipe.tcp6(1, 1, 501);
        byte[] packet = isUdp ? TestPackets.udp(recipe) : TestPackets.tcp(recipe);
        byte[] array = TestPackets.superPacket(packet, 0, isUdp);
        VirtioHeader.putKind(array, AT, VirtioHeader.NEEDS_CSUM, 0);
        VirtioHeader.putSizes(array, AT, 0, 0);
        byte[] before = array.clone();
        assertEquals(1, segmenter.check(array, AT, packet.length));
        assertArrayEquals(before, array);
        assertArrayEquals(packet, cut(array, packet.length, 1).getFirst());
        assertTrue(VirtioHeader.isZero(array, AT));
        assertArrayEquals(packet, cut(array, packet.length, 1).getFirst());
    }

    @Test
    void writesAUdpChecksumOfZeroAsAllOnes() {
        Recipe recipe = new Recipe(false, 3, 100, 1, 0, 0, 0, 4);
        byte[] packet = TestPackets.udp(recipe);
        int rest = TestPackets.naiveSum(packet, 24, 2, 0); // make the whole sum 0xffff
        assertTrue(rest >= 0);
        BigEndian.putShort(packet, 26, 0);
        BigEndian.putShort(packet, 30, 0);
        BigEndian.putShort(packet, 30, TestPackets.transportChecksum(packet, 20, 17));
        BigEndian.putShort(packet, 26, 0xffff);
        byte[] array = TestPackets.superPacket(packet, 0, true);
        VirtioHeader.putKind(array, AT, VirtioHeader.NEEDS_CSUM, 0);
        byte[] made = cut(array, packet.length, 1).getFirst();
        assertEquals(0xffff, UdpHeader.checksum(made, 20));
        assertArrayEquals(packet, made);
    }

    /** Every field of the header of a good super-packet, each spoiled in its ways. */
    @ParameterizedTest
    @CsvSource({
        "flags, 0", // a super-packet always has a partial checksum
        "flags, 5",
        "flags, 129",
        "type, 3", // UFO
        "type, 4", // IPv6 in IPv4
        "type, 5", // UDP in TCP
        "type, 133",
        "type, 2",
        "type, 127",
        "headers, 65535",
        "gso, 0",
        "gso, 7",
        "start, 0",
        "start, 19",
        "start, 21",
        "start, 65535",
        "field, 6",
        "field, 0",
        "field, 65535",
    })
    void refusesAHeaderWithOneBadField(String field, int value) {
        byte[] packet = TestPackets.tcp(Recipe.tcp4(1, 1, 1, 5000));
        byte[] array = TestPackets.superPacket(packet, 1000, false);
        assertEquals(5, segmenter.start(array, AT, packet.length));
        switch (field) {
            case "flags" -> array[AT - 10] = (byte) value;
            case "type" -> array[AT - 9] = (byte) value;
            case "headers" -> VirtioHeader.putSizes(array, AT, value, 1000);
            case "gso" -> VirtioHeader.putSizes(array, AT, 52, value);
            case "start" -> VirtioHeader.putChecksum(array, AT, value, 16);
            default -> VirtioHeader.putChecksum(array, AT, 20, value);
        }
        byte[] before = array.clone();
        assertEquals(Segmenter.BAD, segmenter.start(array, AT, packet.length));
        assertArrayEquals(before, array);
        assertThrows(IndexOutOfBoundsException.class, () -> segmenter.lengthOf(0));
    }

    /** A byte of the packet itself, spoiled: offset and new value. */
    @ParameterizedTest
    @CsvSource({
        "0, 85", // version 5
        "0, 70", // options, so TCP is not where the checksum starts
        "2, 255", // total length
        "6, 32", // more fragments
        "7, 1", // fragment offset
        "9, 17", // UDP
        "9, 50", "32, 64", // TCP header of 16 bytes
        "33, 2", // SYN
        "33, 20", // RST
    })
    void refusesAPacketThatCannotBeCut(int at, int value) {
        byte[] packet = TestPackets.tcp(Recipe.tcp4(1, 1, 1, 5000));
        byte[] array = TestPackets.superPacket(packet, 1000, false);
        array[AT + at] = (byte) value;
        assertEquals(Segmenter.BAD, segmenter.start(array, AT, packet.length));
    }

    @Test
    void refusesSuperPacketsWithoutPayloadOrWithTooManyDatagrams() {
        byte[] empty = TestPackets.tcp(Recipe.tcp4(1, 1, 1, 0));
        assertEquals(Segmenter.BAD, start(TestPackets.superPacket(empty, 1000, false), empty));
        byte[] udp = TestPackets.udp(Recipe.tcp4(1, 1, 1, 1290));
        assertEquals(Segmenter.BAD, start(TestPackets.superPacket(udp, 10, true), udp));
        assertEquals(118, start(TestPackets.superPacket(udp, 11, true), udp));
        BigEndian.putShort(udp, 24, 100);
        assertEquals(Segmenter.BAD, start(TestPackets.superPacket(udp, 11, true), udp));
        byte[] stub = TestPackets.superPacket(empty, 1000, false);
        BigEndian.putShort(stub, AT + 2, 30); // ends within the TCP header
        assertEquals(Segmenter.BAD, segmenter.start(stub, AT, 30));
        assertEquals(Segmenter.BAD, segmenter.start(new byte[AT], AT, 0));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 1",
        "1, 20, 16, 0",
        "1, 19, 16, 0",
        "1, 20, 79, 0",
        "1, 99, 0, 0",
        "1, 98, 0, 0",
        "1, 65535, 65535, 0",
        "0, 20, 0, 0",
        "0, 0, 6, 0"
    })
    void boundsThePartialChecksumOfASinglePacket(int flags, int start, int field, int gso) {
        byte[] packet = TestPackets.tcp(Recipe.tcp4(1, 1, 1, 48)); // 100 bytes
        byte[] array = TestPackets.padded(packet);
        VirtioHeader.putKind(array, AT, flags, 0);
        VirtioHeader.putSizes(array, AT, 0, gso);
        VirtioHeader.putChecksum(array, AT, start, field);
        boolean isGood = flags == 1 && start >= 20 && start + field + 2 <= 100;
        assertEquals(isGood ? 1 : Segmenter.BAD, segmenter.start(array, AT, packet.length));
    }

    private int start(byte[] array, byte[] packet) {
        return segmenter.start(array, AT, packet.length);
    }

    /** Parts that are super-packets again, cut afar, are what cutting here would have made. */
    @ParameterizedTest
    @CsvSource({
        "tcp4, 65000, 1428, 66000, 1",
        "tcp4, 65000, 1428, 20000, 4",
        "tcp6, 65000, 1428, 3000, 23",
        "tcp6, 14480, 1448, 2900, 10",
        "tcp4, 14481, 1448, -7, 11",
        "udp4, 64000, 1000, 7000, 11",
        "udp6, 12001, 1200, 5000, 3",
        "tcp6, 900, 1448, 66000, 1",
    })
    void partsCutAfarAreTheSamePackets(String kind, int payload, int gsoSize, int most, int parts) {
        boolean isUdp = kind.startsWith("udp");
        boolean isIpv6 = kind.endsWith("6");
        int flags = TcpHeader.ACK | TcpHeader.PSH | TcpHeader.CWR;
        Recipe recipe = new Recipe(isIpv6, 7, 0xfffe, 0xffff_ff00L, flags, 2, 12, payload);
        byte[] packet = isUdp ? TestPackets.udp(recipe) : TestPackets.tcp(recipe);
        byte[] array = TestPackets.superPacket(packet, gsoSize, isUdp);
        int count = Math.ceilDiv(payload, gsoSize);
        List<byte[]> expected = cut(array.clone(), packet.length, count);

        assertEquals(parts, segmenter.start(array, AT, packet.length, most));
        List<byte[]> cutAfar = new ArrayList<>();
        Segmenter afar = new Segmenter();
        for (int i = 0; i < parts; i++) {
            byte[] part = new byte[AT + segmenter.lengthOf(i)];
            assertEquals(part.length - AT, segmenter.write(i, part, AT));
            assertTrue(part.length - AT <= Math.max(most, gsoSize + 100));
            if (!SuperPacket.isAt(part, AT)) {
                cutAfar.add(Arrays.copyOfRange(part, AT, part.length));
                continue;
            }
            int at = AT + SuperPacket.HEADER;
            int length = afar.accept(part, at, part.length - at);
            assertEquals(part.length - at, length);
            int segments = afar.start(part, at, length);
            for (int k = 0; k < segments; k++) {
                byte[] dest = new byte[afar.lengthOf(k)];
                afar.write(k, dest, 0);
                cutAfar.add(dest);
            }
        }
        assertEquals(expected.size(), cutAfar.size());
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), cutAfar.get(i), "packet " + i);
        }
    }

    private List<byte[]> cut(byte[] array, int length, int count) {
        assertEquals(count, segmenter.start(array, AT, length));
        List<byte[]> segments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] dest = new byte[segmenter.lengthOf(i) + 5];
            assertEquals(segmenter.lengthOf(i), segmenter.write(i, dest, 5));
            segments.add(Arrays.copyOfRange(dest, 5, dest.length));
        }
        return segments;
    }
}
