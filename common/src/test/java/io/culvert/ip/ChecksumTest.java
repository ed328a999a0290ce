package io.culvert.ip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.Hex;
import io.culvert.ip.TestPackets.Recipe;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Internet checksum against RFC 1071 and a word-by-word one. */
final class ChecksumTest {
    @ParameterizedTest
    @CsvSource({
        "'', 0000",
        "00, 0000",
        "01, 0100",
        "0001, 0001",
        "0001f203f4f5f6f7, ddf2", // RFC 1071 §3
        "ffff, ffff",
        "ffffffff, ffff",
        "ffffffffffffffffffffffffffffffff, ffff",
        "ffff0001, 0001",
        "8000800080008000, 0002",
        "0001f203f4f5f6f7ab, 88f3",
    })
    void sumsWords(String bytes, String sum) {
        byte[] array = Hex.decode(bytes);
        int folded = Checksum.fold(Checksum.add(0, array, 0, array.length));
        assertEquals(Integer.parseInt(sum, 16), folded);
        assertEquals(folded, TestPackets.naiveSum(array, 0, array.length, 0));
        assertEquals(~folded & 0xffff, Checksum.finish(folded));
    }

    @Test
    void knowsARealIpv4Header() {
        byte[] header = Hex.decode("45000073000040004011b861c0a80001c0a800c7");
        assertTrue(Ipv4Header.isChecksumValid(header, 0));
        Ipv4Header.putChecksum(header, 0, 0x1234);
        assertFalse(Ipv4Header.isChecksumValid(header, 0));
        Ipv4Header.fixChecksum(header, 0);
        assertEquals(0xb861, Ipv4Header.checksum(header, 0));
    }

    @Test
    void agreesWithTheNaiveSumAtEveryOffsetAndLength() {
        long seed = new Random().nextLong();
        System.out.println("ChecksumTest seed " + seed);
        Random random = new Random(seed);
        byte[] array = new byte[200];
        for (int round = 0; round < 20; round++) {
            random.nextBytes(array);
            if (round % 3 == 0) {
                Arrays.fill(array, 0, 150, (byte) 0xff);
            }
            for (int offset = 0; offset < 17; offset++) {
                for (int length = 0; length < 180; length += 1 + random.nextInt(3)) {
                    assertEquals(
                            TestPackets.naiveSum(array, offset, length, 0),
                            Checksum.fold(Checksum.add(0, array, offset, length)),
                            "offset " + offset + " length " + length);
                }
            }
        }
    }

    @Test
    void doesNotOverflowOnTheLongestPacket() {
        byte[] array = new byte[65_536];
        Arrays.fill(array, (byte) 0xff);
        assertEquals(0xffff, Checksum.fold(Checksum.add(0, array, 0, array.length)));
        assertEquals(0x7fff, Checksum.fold(Long.MAX_VALUE));
        assertEquals(0xffff, Checksum.fold(-1L));
    }

    @Test
    void updatesAChecksumForOneChangedWord() {
        Random random = new Random(1624);
        byte[] header = new byte[20];
        for (int i = 0; i < 10_000; i++) {
            random.nextBytes(header);
            header[0] = 0x45;
            Ipv4Header.fixChecksum(header, 0);
            int old = Ipv4Header.identification(header, 0);
            int fresh = i % 5 == 0 ? 0xffff : random.nextInt() & 0xffff;
            Ipv4Header.putIdentification(header, 0, fresh);
            int updated = Checksum.update(Ipv4Header.checksum(header, 0), old, fresh);
            Ipv4Header.putChecksum(header, 0, updated);
            assertTrue(Ipv4Header.isChecksumValid(header, 0));
        }
    }

    @Test
    void keepsTheCorrectionOfRfc1624() {
        // RFC 1624 §4: HC = 0xdd2f, m = 0x5555, m' = 0x3285: 0x0000, not 0xffff
        assertEquals(0x0000, Checksum.update(0xdd2f, 0x5555, 0x3285));
    }

    @Test
    void sumsThePseudoHeaderOfBothFamilies() {
        for (Recipe recipe : new Recipe[] {Recipe.tcp4(3, 1, 77, 333), Recipe.tcp6(3, 77, 334)}) {
            byte[] packet = TestPackets.tcp(recipe);
            int header = recipe.isIpv6() ? 40 : 20;
            int length = packet.length - header;
            long sum = Checksum.pseudoHeader(packet, 0, 6, length);
            assertEquals(0xffff, Checksum.fold(Checksum.add(sum, packet, header, length)));
        }
    }
}
