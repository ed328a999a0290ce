package io.culvert.ip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.BigEndian;
import io.culvert.bytes.Hex;
import io.culvert.ip.TestPackets.Recipe;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is a valid IP packet, where its fields are, its flow and its ECN codepoint. */
final class IpPacketTest {
    private static final String IPV4 = "4500 0014 0000 4000 4011 0000 0a000001 0a000002";
    private static final String IPV6 =
            "60000000 0000 3b40 fd080000000000000000000000000001 fd080000000000000000000000000002";

    @ParameterizedTest
    @CsvSource({
        // first four bytes, length, answer
        "45000014, 20, 20",
        "45000014, 36, 20", // 16 bytes of padding
        "45000015, 20, -1",
        "45000013, 20, -1", // shorter than its header
        "45000000, 20, -1",
        "44000014, 20, -1", // header of 16 bytes
        "46000018, 24, 24",
        "46000014, 24, -1", // header longer than the packet
        "4f00003c, 60, 60",
        "4500ffff, 65535, 65535",
        "45000014, 19, -1",
        "45000014, 0, -1",
        "55000014, 20, -1",
        "05000014, 20, -1",
        "f5000014, 40, -1",
        "60000000, 40, 40",
        "60000000, 39, -1",
        "60000000, 56, 40",
    })
    void checksVersionAndLengths(String start, int length, int answer) {
        byte[] array = new byte[Math.max(length, 60) + 3];
        System.arraycopy(Hex.decode(start), 0, array, 3, 4);
        assertEquals(answer, IpPacket.check(array, 3, length));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, 65_495, 65_496, 65_497, 65_535})
    void doesNotWrapAroundOnLongIpv6Payloads(int payload) {
        byte[] array = new byte[65_536 + 40];
        array[0] = 0x60;
        BigEndian.putShort(array, 4, payload);
        assertEquals(payload + 40, IpPacket.check(array, 0, array.length));
        assertEquals(payload + 40, IpPacket.check(array, 0, payload + 40));
        assertEquals(IpPacket.BAD, IpPacket.check(array, 0, payload + 39));
    }

    @Test
    void readsEveryFieldOfIpv4AndTcp() {
        byte[] packet =
                Hex.decode(
                        "46ab0030 1234 4005 3f06 beef 01020304 05060708 01010101"
                                + "1000 2000 01020304 a1b2c3d4 5018 fedc cafe 0007");
        assertEquals(24, Ipv4Header.headerLength(packet, 0));
        assertEquals(0xab, Ipv4Header.trafficClass(packet, 0));
        assertEquals(0x30, Ipv4Header.totalLength(packet, 0));
        assertEquals(0x1234, Ipv4Header.identification(packet, 0));
        assertEquals(0x4005, Ipv4Header.fragmentField(packet, 0));
        assertTrue(Ipv4Header.isFragment(packet, 0));
        assertEquals(63, Ipv4Header.ttl(packet, 0));
        assertEquals(IpPacket.TCP, Ipv4Header.protocol(packet, 0));
        assertEquals(0xbeef, Ipv4Header.checksum(packet, 0));
        assertEquals(0x1000, TcpHeader.sourcePort(packet, 24));
        assertEquals(0x2000, TcpHeader.destinationPort(packet, 24));
        assertEquals(0x01020304, TcpHeader.sequence(packet, 24));
        assertEquals(0xa1b2c3d4, TcpHeader.acknowledgment(packet, 24));
        assertEquals(20, TcpHeader.headerLength(packet, 24));
        assertEquals(TcpHeader.ACK | TcpHeader.PSH, TcpHeader.flags(packet, 24));
        assertEquals(0xfedc, TcpHeader.window(packet, 24));
        assertEquals(0xcafe, TcpHeader.checksum(packet, 24));
    }

    @Test
    void readsEveryFieldOfIpv6AndUdp() {
        byte[] packet = Hex.decode("6abcdef0 0008 1140" + "00".repeat(32) + "0035c0de00081234");
        assertEquals(0xab, Ipv6Header.trafficClass(packet, 0));
        assertEquals(0x6abcdef0, Ipv6Header.firstWord(packet, 0));
        assertEquals(8, Ipv6Header.payloadLength(packet, 0));
        assertEquals(IpPacket.UDP, Ipv6Header.nextHeader(packet, 0));
        assertEquals(64, Ipv6Header.hopLimit(packet, 0));
        assertEquals(0x35, UdpHeader.sourcePort(packet, 40));
        assertEquals(0xc0de, UdpHeader.destinationPort(packet, 40));
        assertEquals(8, UdpHeader.length(packet, 40));
        assertEquals(0x1234, UdpHeader.checksum(packet, 40));
        assertTrue(IpPacket.isIpv6(packet, 0));
    }

    @ParameterizedTest
    @CsvSource({"0, false", "16384, false", "8192, true", "1, true", "8191, true"})
    void tellsFragments(int field, boolean isFragment) {
        byte[] packet = Hex.decode(IPV4);
        BigEndian.putShort(packet, 6, field);
        assertEquals(isFragment, Ipv4Header.isFragment(packet, 0));
    }

    @Test
    void laysTheVirtioHeaderOutInLittleEndian() {
        byte[] array = new byte[20];
        VirtioHeader.putKind(array, 15, VirtioHeader.NEEDS_CSUM, VirtioHeader.GSO_TCPV6);
        VirtioHeader.putSizes(array, 15, 0x0102, 0xf304);
        VirtioHeader.putChecksum(array, 15, 0x0506, 0x0708);
        assertEquals("0000000000" + "0104020104f306050807" + "0000000000", Hex.encode(array));
        assertEquals(1, VirtioHeader.flags(array, 15));
        assertEquals(4, VirtioHeader.gsoType(array, 15));
        assertEquals(0x0102, VirtioHeader.headerLength(array, 15));
        assertEquals(0xf304, VirtioHeader.gsoSize(array, 15));
        assertEquals(0x0506, VirtioHeader.checksumStart(array, 15));
        assertEquals(0x0708, VirtioHeader.checksumOffset(array, 15));
        assertFalse(VirtioHeader.isZero(array, 15));
        array[4] = 9;
        array[15] = 9;
        VirtioHeader.clear(array, 15);
        assertTrue(VirtioHeader.isZero(array, 15));
        assertEquals("0000000009" + "00".repeat(10) + "0900000000", Hex.encode(array));
    }

    @ParameterizedTest
    @CsvSource({"0, false, 0", "1, true, 3", "2, true, 3", "3, true, 3", "185, true, 187"})
    void marksCongestionOnlyWhereItIsUnderstood(int before, boolean isMarked, int after) {
        byte[] four = TestPackets.tcp(Recipe.tcp4(1, 5, 9, 40).withTrafficClass(before));
        byte[] six = TestPackets.tcp(Recipe.tcp6(1, 9, 40).withTrafficClass(before));
        for (byte[] packet : new byte[][] {four, six}) {
            byte[] old = packet.clone();
            assertEquals(before & 3, Ecn.of(packet, 0));
            assertEquals(isMarked, Ecn.markCe(packet, 0));
            assertEquals(after & 3, Ecn.of(packet, 0));
            assertTrue(TestPackets.isRight(packet));
            if (before == after) {
                assertArrayEquals(old, packet);
            }
        }
        assertEquals(after, Ipv4Header.trafficClass(four, 0));
        assertEquals(after, Ipv6Header.trafficClass(six, 0));
        assertEquals(0x12345, Ipv6Header.firstWord(six, 0) & 0xfffff);
    }

    @Test
    void hashesAFlowToOneValueAndFlowsApart() {
        Set<Integer> hashes = new HashSet<>();
        for (int flow = 0; flow < 1000; flow++) {
            byte[] one = TestPackets.tcp(Recipe.tcp4(flow, 1, 5, 100));
            byte[] two = TestPackets.tcp(Recipe.tcp4(flow, 9, 105, 7).withTrafficClass(3));
            int hash = FlowHash.of(one, 0, one.length);
            assertEquals(hash, FlowHash.of(two, 0, two.length));
            hashes.add(hash);
            byte[] six = TestPackets.tcp(Recipe.tcp6(flow, 1, 5));
            hashes.add(FlowHash.of(six, 0, six.length));
            byte[] udp = TestPackets.udp(Recipe.tcp4(flow, 1, 1, 5));
            hashes.add(FlowHash.of(udp, 0, udp.length));
        }
        assertTrue(hashes.size() >= 2998, hashes.size() + " hashes of 3000 flows");
    }

    @Test
    void hashesFragmentsByAddressesOnly() {
        byte[] first = TestPackets.udp(Recipe.tcp4(1, 1, 1, 64));
        byte[] second = first.clone();
        BigEndian.putShort(first, 6, 0x2000);
        BigEndian.putShort(second, 6, 8);
        BigEndian.putInt(second, 20, 0x01010101); // no ports there: payload
        assertEquals(hash(1, first), hash(1, second));
        byte[] six = Hex.decode(IPV6 + "0011223344556677");
        six[5] = 8;
        six[6] = 44;
        byte[] other = six.clone();
        Arrays.fill(other, 40, 48, (byte) 1);
        assertEquals(hash(1, six), hash(1, other));
    }

    @Test
    void hashesUnderASeed() {
        byte[] packet = TestPackets.tcp(Recipe.tcp6(1, 1, 10));
        assertNotEquals(hash(1, packet), hash(2, packet));
        assertEquals(hash(1, new byte[0]), hash(1, new byte[50]));
        byte[] udp = Hex.decode(IPV4);
        assertEquals(hash(1, udp), hash(1, udp)); // no room for ports
    }

    @Test
    void spreadsFlowsEvenlyOverBuckets() {
        int[] buckets = new int[64];
        for (int flow = 0; flow < 6400; flow++) {
            byte[] packet = TestPackets.tcp(Recipe.tcp4(flow, 1, 5, 0));
            long hash = Integer.toUnsignedLong(hash(42, packet));
            buckets[(int) ((hash * 64) >>> 32)]++;
        }
        assertTrue(Arrays.stream(buckets).max().orElseThrow() < 160, Arrays.toString(buckets));
        assertTrue(Arrays.stream(buckets).min().orElseThrow() > 50, Arrays.toString(buckets));
    }

    private static int hash(long seed, byte[] packet) {
        return FlowHash.of(seed, packet, 0, packet.length);
    }
}
