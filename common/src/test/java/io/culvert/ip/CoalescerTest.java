package io.culvert.ip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.BigEndian;
import io.culvert.bytes.Hex;
import io.culvert.ip.TestPackets.Recipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which packets are merged, which are not, and what comes out. */
final class CoalescerTest {
    private static final int AT = 64;

    private final List<byte[]> headers = new ArrayList<>();
    private final List<byte[]> packets = new ArrayList<>();
    private final Coalescer coalescer = new Coalescer(this::write, true, true);

    private void write(byte[] array, int offset, int length) {
        headers.add(Arrays.copyOfRange(array, offset - 10, offset));
        packets.add(Arrays.copyOfRange(array, offset, offset + length));
    }

    private void add(byte[] packet) {
        byte[] array = TestPackets.padded(packet);
        Arrays.fill(array, 0, AT, (byte) 0xee); // what a transport header left there
        coalescer.add(array, AT, packet.length);
        Arrays.fill(array, (byte) 0xdd); // it was borrowed only
    }

    private static byte[] segment(int index, int payload) {
        return TestPackets.tcp(Recipe.tcp4(1, 100 + index, 5000 + index * 1000L, payload));
    }

    @Test
    void mergesConsecutiveSegmentsOfIpv4() {
        byte[] whole = TestPackets.tcp(Recipe.tcp4(1, 100, 5000, 2500));
        byte[] first = segment(0, 1000);
        byte[] second = segment(1, 1000);
        byte[] third = segment(2, 500);
        add(first);
        add(second);
        assertEquals(0, packets.size());
        add(third); // shorter: ends the run
        assertEquals(1, packets.size());
        byte[] merged = packets.getFirst();
        assertEquals(whole.length, merged.length);
        assertEquals("01013400e80314001000", Hex.encode(headers.getFirst()));
        assertEquals(whole.length, Ipv4Header.totalLength(merged, 0));
        assertEquals(0xffff, TestPackets.naiveSum(merged, 0, 20, 0));
        int pseudo = TestPackets.naiveSum(merged, 12, 8, 6 + merged.length - 20);
        assertEquals(pseudo, TcpHeader.checksum(merged, 20));
        assertTrue(Arrays.equals(merged, 52, 1052, first, 52, 1052));
        assertTrue(Arrays.equals(merged, 1052, 2052, second, 52, 1052));
        assertTrue(Arrays.equals(merged, 2052, 2552, third, 52, 552));
        coalescer.flush();
        assertEquals(1, packets.size());
    }

    @Test
    void mergesConsecutiveSegmentsOfIpv6AndKeepsPush() {
        for (int i = 0; i < 3; i++) {
            Recipe recipe = Recipe.tcp6(1, 0xffff_fc00L + i * 1000L, 1000);
            int flags = i == 2 ? TcpHeader.ACK | TcpHeader.PSH : TcpHeader.ACK;
            add(TestPackets.tcp(recipe.withFlags(flags)));
        }
        assertEquals(1, packets.size());
        byte[] merged = packets.getFirst();
        assertEquals("01044800e80328001000", Hex.encode(headers.getFirst()));
        assertEquals(3032, Ipv6Header.payloadLength(merged, 0));
        assertEquals(TcpHeader.ACK | TcpHeader.PSH, TcpHeader.flags(merged, 40));
    }

    @Test
    void mergesDatagramsWhenAskedTo() {
        for (int i = 0; i < 3; i++) {
            add(TestPackets.udp(Recipe.tcp4(1, 100 + i, i, i == 2 ? 10 : 700)));
        }
        assertEquals(1, packets.size());
        assertEquals("01051c00bc0214000600", Hex.encode(headers.getFirst()));
        assertEquals(1418, UdpHeader.length(packets.getFirst(), 20));
        Coalescer tcpOnly = new Coalescer(this::write, true);
        byte[] array = TestPackets.padded(TestPackets.udp(Recipe.tcp4(1, 100, 1, 700)));
        tcpOnly.add(array, AT, array.length - AT);
        assertEquals(2, packets.size());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void writesALonePacketAsItCame(boolean isIpv6) {
        byte[] packet =
                TestPackets.tcp(isIpv6 ? Recipe.tcp6(1, 1, 900) : Recipe.tcp4(1, 1, 1, 900));
        add(packet);
        assertEquals(0, packets.size());
        assertEquals(1, coalescer.openRuns());
        coalescer.flush();
        assertEquals(0, coalescer.openRuns());
        assertArrayEquals(packet, packets.getFirst());
        assertArrayEquals(new byte[10], headers.getFirst());
    }

    @Test
    void leavesNothingOfAnEarlierRunInTheHeader() {
        add(segment(0, 1000));
        add(segment(1, 1000));
        coalescer.flush();
        add(segment(7, 100));
        coalescer.flush();
        assertArrayEquals(new byte[10], headers.get(1));
        assertArrayEquals(segment(7, 100), packets.get(1));
    }

    /** One change to the second of two segments that would merge; its checksums are right. */
    @ParameterizedTest
    @CsvSource({
        "1, 4", // DSCP
        "8, 63", // TTL
        "6, 0", // may be fragmented
        "27, 137", // sequence
        "28, 9", // acknowledgment
        "33, 17", // FIN
        "33, 0", // no ACK
        "33, 80", // ECE
        "33, 144", // CWR
        "33, 48", // URG
        "34, 1", // window
        "39, 1", // urgent pointer
        "40, 3", // options
        "51, 3", "32, 112", // header length
        "32, 129", // reserved bit
    })
    void keepsSegmentsWithDifferentHeadersApartAndInOrder(int at, int value) {
        byte[] first = segment(0, 1000);
        byte[] second = segment(1, 1000);
        second[at] = (byte) value;
        fixChecksums(second);
        add(first);
        add(second);
        coalescer.flush();
        assertEquals(2, packets.size());
        assertArrayEquals(first, packets.get(0));
        assertArrayEquals(second, packets.get(1));
    }

    /** One change to the second of two IPv6 segments. */
    @ParameterizedTest
    @CsvSource({"0, 99", "1, 64", "2, 0", "3, 1", "7, 1", "47, 0", "52, 112"})
    void keepsIpv6SegmentsWithDifferentHeadersApart(int at, int value) {
        byte[] first = TestPackets.tcp(Recipe.tcp6(1, 1000, 1000));
        byte[] second = TestPackets.tcp(Recipe.tcp6(1, 2000, 1000));
        second[at] = (byte) value;
        BigEndian.putShort(second, 56, 0);
        BigEndian.putShort(second, 56, TestPackets.transportChecksum(second, 40, 6));
        add(first);
        add(second);
        coalescer.flush();
        assertEquals(2, packets.size());
        assertArrayEquals(first, packets.get(0));
        assertArrayEquals(second, packets.get(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 30, 36, 37, 52, 1051})
    void passesOnADamagedPacketUntouched(int at) {
        byte[] second = segment(1, 1000);
        second[at] ^= 0x10;
        add(segment(0, 1000));
        add(second);
        add(segment(2, 1000));
        add(segment(3, 1000));
        coalescer.flush();
        assertEquals(3, packets.size());
        assertArrayEquals(segment(0, 1000), packets.get(0));
        assertArrayEquals(second, packets.get(1));
        assertArrayEquals(new byte[10], headers.get(1));
    }

    @Test
    void keepsBareAcknowledgmentsInTheirFlowsOrder() {
        byte[] ack = segment(2, 0);
        add(segment(0, 1000));
        add(segment(1, 1000));
        add(ack);
        assertEquals(2, packets.size());
        assertEquals(2052, packets.get(0).length);
        assertArrayEquals(ack, packets.get(1));
        assertEquals(0, coalescer.openRuns());
    }

    @Test
    void keepsAFlowOpenWhileOthersPass() {
        byte[] other = TestPackets.udp(Recipe.tcp4(9, 1, 1, 0));
        byte[] icmp = TestPackets.udp(Recipe.tcp4(1, 1, 1, 64));
        icmp[9] = 1;
        add(segment(0, 1000));
        add(other);
        add(icmp);
        add(segment(1, 1000));
        coalescer.flush();
        assertEquals(3, packets.size());
        assertEquals(2052, packets.get(2).length);
    }

    @Test
    void flushesBeforeFragmentsAndOptions() {
        List<Consumer<byte[]>> spoilers =
                List.of(
                        packet -> packet[6] = 0x20,
                        packet -> packet[7] = 1,
                        packet -> packet[0] = 0x46);
        for (Consumer<byte[]> spoiler : spoilers) {
            packets.clear();
            byte[] strange = segment(1, 1000);
            spoiler.accept(strange);
            add(segment(0, 1000));
            add(strange);
            assertEquals(2, packets.size());
            assertArrayEquals(strange, packets.get(1));
        }
    }

    @Test
    void beginsNoRunWithPushOrATinySegment() {
        add(TestPackets.tcp(Recipe.tcp4(1, 1, 1, 600).withFlags(TcpHeader.ACK | TcpHeader.PSH)));
        add(segment(1, 7));
        assertEquals(2, packets.size());
    }

    @Test
    void takesALongerSegmentAsTheBeginOfANewRun() {
        add(segment(0, 1000));
        byte[] longer = TestPackets.tcp(Recipe.tcp4(1, 101, 6000, 1400));
        add(longer);
        assertEquals(1, packets.size());
        coalescer.flush();
        assertArrayEquals(longer, packets.get(1));
    }

    @Test
    void neverExceedsTheLongestPacket() {
        long sequence = 1;
        for (int i = 0; i < 100; i++) {
            add(TestPackets.tcp(Recipe.tcp4(1, i, sequence, 1448)));
            sequence += 1448;
        }
        coalescer.flush();
        assertEquals(3, packets.size());
        assertEquals(52 + 45 * 1448, packets.getFirst().length);
        packets.clear();
        for (int i = 0; i < 130; i++) {
            add(TestPackets.udp(Recipe.tcp6(1, i, 100)));
        }
        coalescer.flush();
        assertEquals(3, packets.size()); // 64 datagrams at most
    }

    @Test
    void writesTheOldestRunWhenThereAreTooManyFlows() {
        for (int flow = 0; flow < 20; flow++) {
            add(TestPackets.tcp(Recipe.tcp4(flow, 1, 1, 100)));
        }
        assertEquals(4, packets.size());
        assertEquals(16, coalescer.openRuns());
        assertEquals(1024, TcpHeader.sourcePort(packets.getFirst(), 20));
        for (int flow = 4; flow < 20; flow++) {
            add(TestPackets.tcp(Recipe.tcp4(flow, 2, 101, 100)));
        }
        assertEquals(4, packets.size());
        coalescer.flush();
        assertEquals(20, packets.size());
        assertEquals(252, packets.getLast().length);
    }

    @Test
    void needsConsecutiveIdentificationsOnlyWhereTheyMean() {
        add(TestPackets.tcp(Recipe.tcp4(1, 500, 5000, 1000)));
        add(TestPackets.tcp(Recipe.tcp4(1, 77, 6000, 1000)));
        assertEquals(0, packets.size()); // don't fragment
        coalescer.flush();
        packets.clear();
        for (int id : new int[] {0xffff, 0, 2}) {
            byte[] packet = TestPackets.tcp(Recipe.tcp4(1, id, 5000, 1000));
            TcpHeader.putSequence(packet, 20, id == 2 ? 7000 : id == 0 ? 6000 : 5000);
            packet[6] = 0;
            fixChecksums(packet);
            add(packet);
        }
        assertEquals(1, packets.size());
        assertEquals(2052, packets.getFirst().length);
    }

    @Test
    void passesEverythingWithoutOffloads() {
        Coalescer plain = new Coalescer(this::write, false, true);
        byte[] array = TestPackets.padded(segment(0, 1000));
        Arrays.fill(array, 0, AT, (byte) 0xee);
        plain.add(array, AT, array.length - AT);
        assertArrayEquals(segment(0, 1000), packets.getFirst());
        assertArrayEquals(new byte[10], headers.getFirst());
        byte[] large = TestPackets.superPacket(segment(0, 3000), 1000, false);
        assertThrows(
                IllegalStateException.class,
                () -> plain.addOffloaded(large, AT, large.length - AT));
    }

    @Test
    void putsASuperPacketBehindItsFlow() {
        byte[] large = TestPackets.superPacket(segment(1, 3000), 1000, false);
        byte[] otherFlow = TestPackets.tcp(Recipe.tcp4(2, 1, 1, 300));
        add(otherFlow);
        add(segment(0, 1000));
        coalescer.addOffloaded(large, AT, large.length - AT);
        assertEquals(2, packets.size());
        assertArrayEquals(segment(0, 1000), packets.get(0));
        assertArrayEquals(Arrays.copyOfRange(large, AT, large.length), packets.get(1));
        assertArrayEquals(Arrays.copyOfRange(large, AT - 10, AT), headers.get(1));
        byte[] ordinary = TestPackets.padded(segment(4, 1000));
        coalescer.addOffloaded(ordinary, AT, ordinary.length - AT);
        assertEquals(2, coalescer.openRuns());
    }

    @Test
    void cutsPaddingOffAndPassesWhatIsNoPacket() {
        byte[] packet = segment(0, 100);
        add(Arrays.copyOf(packet, packet.length + 16));
        coalescer.flush();
        assertArrayEquals(packet, packets.getFirst());
        byte[] ack = segment(0, 0);
        add(Arrays.copyOf(ack, ack.length + 12));
        assertArrayEquals(ack, packets.get(1));
        add(new byte[30]);
        assertArrayEquals(new byte[30], packets.get(2));
    }

    private static void fixChecksums(byte[] packet) {
        BigEndian.putShort(packet, 10, 0);
        BigEndian.putShort(packet, 10, ~TestPackets.naiveSum(packet, 0, 20, 0));
        BigEndian.putShort(packet, 36, 0);
        BigEndian.putShort(packet, 36, TestPackets.transportChecksum(packet, 20, 6));
    }
}
