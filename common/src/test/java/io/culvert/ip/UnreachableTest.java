package io.culvert.ip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.BigEndian;
import io.culvert.bytes.Hex;
import io.culvert.ip.TestPackets.Recipe;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a router answers that it cannot deliver, and what it says. */
final class UnreachableTest {
    private static final int AT = 64;
    private static final int DEST = 10;

    private final Unreachable unreachable = new Unreachable();
    private final byte[] dest = new byte[DEST + Unreachable.MAX_LENGTH + 10];

    private byte[] answer(byte[] packet) {
        byte[] array = TestPackets.padded(packet);
        Arrays.fill(dest, (byte) 0xaa);
        int length = unreachable.answer(array, AT, packet.length, dest, DEST);
        assertArrayEquals(TestPackets.padded(packet), array, "the packet is only read");
        assertEquals(0xaa, dest[DEST - 1] & 0xff);
        assertEquals(0xaa, dest[DEST + Math.max(length, 0)] & 0xff, "written beyond its end");
        return Arrays.copyOfRange(dest, DEST, DEST + length);
    }

    private static byte[] ipv4(String source, String destination, int protocol, String payload) {
        byte[] packet = new byte[20 + payload.length() / 2];
        packet[0] = 0x45;
        BigEndian.putShort(packet, 2, packet.length);
        packet[8] = 64;
        packet[9] = (byte) protocol;
        System.arraycopy(IpAddress.parse(source).toBytes(), 0, packet, 12, 4);
        System.arraycopy(IpAddress.parse(destination).toBytes(), 0, packet, 16, 4);
        System.arraycopy(Hex.decode(payload), 0, packet, 20, payload.length() / 2);
        Ipv4Header.fixChecksum(packet, 0);
        return packet;
    }

    private static byte[] ipv6(String source, String destination, int next, String payload) {
        byte[] packet = new byte[40 + payload.length() / 2];
        packet[0] = 0x60;
        BigEndian.putShort(packet, 4, payload.length() / 2);
        packet[6] = (byte) next;
        packet[7] = 64;
        System.arraycopy(IpAddress.parse(source).toBytes(), 0, packet, 8, 16);
        System.arraycopy(IpAddress.parse(destination).toBytes(), 0, packet, 24, 16);
        System.arraycopy(Hex.decode(payload), 0, packet, 40, payload.length() / 2);
        return packet;
    }

    /** By hand after RFC 792: 10.0.0.1 had sent two bytes of protocol 253 to 10.0.0.9. */
    @Test
    void saysHostUnreachableAsRfc792LaysItOut() {
        String quoted = "45000016" + "00000000" + "40fd65e2" + "0a000001" + "0a000009" + "beef";
        byte[] answer = answer(Hex.decode(quoted));
        String header = "45c00032" + "00004000" + "40012602" + "0a000009" + "0a000001";
        assertEquals(header + "03013e0f" + "00000000" + quoted, Hex.encode(answer));
        assertEquals(0xffff, TestPackets.naiveSum(answer, 0, 20, 0));
        assertEquals(0xffff, TestPackets.naiveSum(answer, 20, answer.length - 20, 0));
    }

    @Test
    void saysAddressUnreachableAsRfc4443LaysItOut() {
        byte[] packet = ipv6("fd00::1", "fd00::9", 253, "beef");
        byte[] answer = answer(packet);
        assertEquals("6000000000323a40", Hex.encode(Arrays.copyOf(answer, 8)));
        assertArrayEquals(IpAddress.parse("fd00::9").toBytes(), Arrays.copyOfRange(answer, 8, 24));
        assertArrayEquals(IpAddress.parse("fd00::1").toBytes(), Arrays.copyOfRange(answer, 24, 40));
        assertEquals("0103", Hex.encode(Arrays.copyOfRange(answer, 40, 42)));
        assertEquals("00000000", Hex.encode(Arrays.copyOfRange(answer, 44, 48)));
        assertArrayEquals(packet, Arrays.copyOfRange(answer, 48, answer.length));
        assertEquals(0, TestPackets.transportChecksum(answer, 40, 58));
    }

    @Test
    void quotesAsMuchAsEveryHostCanTake() {
        byte[] four = answer(TestPackets.udp(Recipe.tcp4(1, 1, 1, 1400)));
        assertEquals(576, four.length);
        assertEquals(0xffff, TestPackets.naiveSum(four, 20, 556, 0));
        byte[] six = answer(TestPackets.udp(Recipe.tcp6(1, 1, 1400)));
        assertEquals(1280, six.length);
        assertEquals(0, TestPackets.transportChecksum(six, 40, 58));
    }

    @Test
    void quotesOptionsAndExtensionHeadersToo() {
        byte[] four = ipv4("10.0.0.1", "10.0.0.9", 17, "0101010100350035000a0000beef");
        four[0] = 0x46;
        Ipv4Header.fixChecksum(four, 0);
        assertEquals(28 + four.length, answer(four).length);
        byte[] six = ipv6("fd00::1", "fd00::9", 60, "1100010400000000" + "00350035000a0000beef");
        assertEquals(48 + six.length, answer(six).length);
    }

    @ParameterizedTest(name = "{0} to {1}: {2}")
    @CsvSource({
        "10.0.0.1, 10.0.0.9, true",
        "10.0.0.1, 223.255.255.255, true",
        "10.0.0.1, 224.0.0.1, false",
        "10.0.0.1, 240.0.0.1, false",
        "10.0.0.1, 255.255.255.255, false",
        "10.0.0.1, 127.0.0.1, false",
        "10.0.0.1, 0.0.0.0, false",
        "0.0.0.0, 10.0.0.9, false",
        "0.1.2.3, 10.0.0.9, false",
        "127.0.0.1, 10.0.0.9, false",
        "239.1.1.1, 10.0.0.9, false",
        "255.255.255.255, 10.0.0.9, false",
        "fd00::1, fd00::9, true",
        "fe80::1, fd00::9, true",
        "fd00::1, ff02::1, false",
        "fd00::1, ::1, false",
        "fd00::1, ::, false",
        "::, fd00::9, false",
        "::1, fd00::9, false",
        "ff02::1, fd00::9, false"
    })
    void answersBetweenSingleHostsOnly(String source, String destination, boolean isAnswered) {
        byte[] packet =
                source.contains(":")
                        ? ipv6(source, destination, 17, "00350035000a0000beef")
                        : ipv4(source, destination, 17, "00350035000a0000beef");
        assertEquals(isAnswered, answer(packet).length > 0);
    }

    @ParameterizedTest(name = "type {0}: {1}")
    @CsvSource({
        "0, true", "3, false", "4, false", "5, false", "8, true", "9, true", "10, true",
        "11, false", "12, false", "13, true", "14, true", "17, true", "18, true", "19, false",
        "40, false", "255, false"
    })
    void neverAnswersIcmpErrors(int type, boolean isAnswered) {
        String icmp = "%02x000000".formatted(type) + "00010001";
        assertEquals(isAnswered, answer(ipv4("10.0.0.1", "10.0.0.9", 1, icmp)).length > 0);
        assertEquals(0, answer(ipv4("10.0.0.1", "10.0.0.9", 1, icmp.substring(2))).length);
    }

    @ParameterizedTest(name = "type {0}: {1}")
    @CsvSource({
        "1, false",
        "2, false",
        "3, false",
        "4, false",
        "100, false",
        "127, false",
        "128, true",
        "129, true",
        "135, true",
        "137, false",
        "255, true"
    })
    void neverAnswersIcmpv6ErrorsAndRedirects(int type, boolean isAnswered) {
        String icmp = "%02x000000".formatted(type) + "00010001";
        assertEquals(isAnswered, answer(ipv6("fd00::1", "fd00::9", 58, icmp)).length > 0);
        String behind = "3a00010400000000" + icmp;
        assertEquals(isAnswered, answer(ipv6("fd00::1", "fd00::9", 60, behind)).length > 0);
        String firstFragment = "3a00000100000001" + icmp;
        assertEquals(isAnswered, answer(ipv6("fd00::1", "fd00::9", 44, firstFragment)).length > 0);
        assertEquals(0, answer(ipv6("fd00::1", "fd00::9", 58, icmp.substring(2))).length);
    }

    @ParameterizedTest(name = "fragment field {0}: {1}")
    @CsvSource({"0, true", "16384, true", "8192, true", "8193, false", "1, false", "8191, false"})
    void answersTheFirstFragmentOnly(int field, boolean isAnswered) {
        byte[] four = ipv4("10.0.0.1", "10.0.0.9", 17, "00350035000a0000beef");
        BigEndian.putShort(four, 6, field);
        Ipv4Header.fixChecksum(four, 0);
        assertEquals(isAnswered, answer(four).length > 0);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "1100000000000001, true",
        "1100000100000001, true",
        "1100000800000001, false",
        "1100ffff00000001, false",
        "110000, false"
    })
    void answersTheFirstIpv6FragmentOnly(String fragmentHeader, boolean isAnswered) {
        byte[] six = ipv6("fd00::1", "fd00::9", 44, fragmentHeader);
        assertEquals(isAnswered, answer(six).length > 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "45", "4500001400000000400100000a0000010a00", "60"})
    void answersNothingThatIsNoPacket(String hex) {
        assertEquals(0, answer(Hex.decode(hex)).length);
    }

    @Test
    void neverAnswersItsOwnAnswers() {
        byte[] four = answer(TestPackets.udp(Recipe.tcp4(1, 1, 1, 10)));
        byte[] six = answer(TestPackets.udp(Recipe.tcp6(1, 1, 10)));
        assertEquals(0, answer(four).length);
        assertEquals(0, answer(six).length);
    }

    @Test
    void staysWithinItsBoundsWhateverThePacket() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int answered = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] packet = new byte[random.nextInt(120)];
            random.nextBytes(packet);
            if (packet.length > 7) {
                packet[0] = (byte) (random.nextBoolean() ? 0x45 + random.nextInt(3) : 0x60);
                packet[2] = 0;
                packet[4] = 0;
                packet[6] = (byte) (packet[0] == 0x60 ? random.nextInt(64) : packet[6]);
            }
            answered += answer(packet).length > 0 ? 1 : 0;
        }
        assertTrue(answered > 1000, "seed " + seed + ": " + answered);
    }
}
