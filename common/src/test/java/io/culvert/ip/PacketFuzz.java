package io.culvert.ip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.BigEndian;
import io.culvert.ip.TestPackets.Recipe;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A million random and mutated packets: no exception, and nothing out of its bounds. */
@Tag("slow")
final class PacketFuzz {
    private static final int AT = 64;
    private static final int ROUNDS = 1_000_000;
    private static final int CANARY = 0x5a;

    private final Segmenter segmenter = new Segmenter();
    private final Segmenter afar = new Segmenter();
    private final byte[] array = new byte[AT + 4096];
    private final byte[] dest = new byte[70_000];
    private final long[] seen = new long[3]; // bad, one, several
    private int lastWritten;
    private long whole;

    @Test
    void survivesAMillionPackets() {
        long seed = new Random().nextLong();
        System.out.println("PacketFuzz seed " + seed);
        Random random = new Random(seed);
        byte[][] seeds = seeds();
        Coalescer coalescer = new Coalescer(this::onWrite, true, true);
        for (int i = 0; i < ROUNDS; i++) {
            int length = make(random, seeds);
            FlowHash.of(array, AT, length);
            if (IpPacket.check(array, AT, length) != IpPacket.BAD) {
                Ecn.markCe(array, AT);
            }
            accept(length);
            segment(random, length);
            if (random.nextBoolean()) {
                coalescer.add(array, AT, length);
            } else if (segmenter.check(array, AT, length) != Segmenter.BAD) {
                coalescer.addOffloaded(array, AT, length);
            }
            if ((i & 31) == 0) {
                coalescer.flush();
            }
        }
        System.out.printf("refused %d, one %d, several %d%n", seen[0], seen[1], seen[2]);
        assertTrue(seen[0] > 1000 && seen[1] > 1000 && seen[2] > 1000);
        assertTrue(lastWritten > 0 && whole > 1000);
    }

    private static byte[][] seeds() {
        byte[] tcp4 = TestPackets.tcp(Recipe.tcp4(1, 1, 1, 600));
        byte[] tcp6 = TestPackets.tcp(Recipe.tcp6(1, 1, 600));
        byte[] udp4 = TestPackets.udp(Recipe.tcp4(1, 1, 1, 600));
        byte[] udp6 = TestPackets.udp(Recipe.tcp6(1, 1, 600));
        return new byte[][] {
            TestPackets.padded(tcp4),
            TestPackets.padded(udp6),
            TestPackets.superPacket(tcp4, 100, false),
            TestPackets.superPacket(tcp6, 100, false),
            TestPackets.superPacket(udp4, 100, true),
            TestPackets.superPacket(udp6, 100, true),
        };
    }

    /** Puts a packet at {@link #AT} and answers its length. */
    private int make(Random random, byte[][] seeds) {
        if (random.nextInt(8) == 0) {
            random.nextBytes(array);
            array[AT] = (byte) (random.nextBoolean() ? 0x45 : 0x60);
            if (random.nextBoolean()) {
                BigEndian.putShort(array, AT + (array[AT] == 0x60 ? 4 : 2), random.nextInt(200));
            }
            return random.nextInt(200);
        }
        byte[] seed = seeds[random.nextInt(seeds.length)];
        System.arraycopy(seed, 0, array, 0, seed.length);
        for (int flips = random.nextInt(4); flips > 0; flips--) {
            // the virtio-net header and the first headers, mostly
            int at = AT - 10 + random.nextInt(random.nextInt(5) == 0 ? 600 : 80);
            array[at] = (byte) interesting(random, array[at]);
        }
        int length = seed.length - AT;
        return random.nextInt(10) == 0 ? random.nextInt(length + 40) : length;
    }

    private static int interesting(Random random, int old) {
        return switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> 0xff;
            case 2 -> old ^ 1 << random.nextInt(8);
            case 3 -> old + 1;
            default -> random.nextInt();
        };
    }

    /**
     * What came from afar: accepted twice alike, and with nothing in it that its headers do not
     * say.
     */
    private void accept(int length) {
        int accepted = segmenter.accept(array, AT, length);
        if (accepted == Segmenter.BAD) {
            return;
        }
        whole++;
        byte[] once = array.clone();
        assertEquals(accepted, segmenter.accept(array, AT, accepted));
        assertArrayEquals(once, array);
        assertEquals(VirtioHeader.NEEDS_CSUM, VirtioHeader.flags(array, AT));
        int headers = VirtioHeader.headerLength(array, AT);
        int start = VirtioHeader.checksumStart(array, AT);
        assertTrue(headers > start && headers < accepted && accepted <= length);
        assertTrue(start + VirtioHeader.checksumOffset(array, AT) + 2 <= headers);
        assertTrue(VirtioHeader.gsoSize(array, AT) > 0);
    }

    private void segment(Random random, int length) {
        int count = segmenter.start(array, AT, length);
        seen[Math.clamp(count, 0, 2)]++;
        if (count == Segmenter.BAD) {
            return;
        }
        assertTrue(count >= 1 && count <= length);
        int index = random.nextInt(count);
        int announced = segmenter.lengthOf(index);
        dest[announced] = CANARY;
        assertEquals(announced, segmenter.write(index, dest, 0));
        assertEquals(CANARY, dest[announced]);
        assertEquals(announced, IpPacket.check(dest, 0, announced));
        part(random, length);
    }

    /** A part is short enough, or one segment; and the other side accepts it. */
    private void part(Random random, int length) {
        int most = random.nextInt(3000) - 100;
        int count = segmenter.start(array, AT, length, most);
        int index = random.nextInt(count);
        int announced = segmenter.lengthOf(index);
        dest[announced] = CANARY;
        assertEquals(announced, segmenter.write(index, dest, 0));
        assertEquals(CANARY, dest[announced]);
        if (SuperPacket.isAt(dest, 0)) {
            int packet = announced - SuperPacket.HEADER;
            assertTrue(announced <= most);
            assertEquals(packet, afar.accept(dest, SuperPacket.HEADER, packet));
        } else {
            assertEquals(announced, IpPacket.check(dest, 0, announced));
        }
    }

    private void onWrite(byte[] out, int offset, int length) {
        assertTrue(offset >= VirtioHeader.LENGTH && offset + length <= out.length);
        lastWritten = length;
    }
}
