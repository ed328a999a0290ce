package io.culvert.ip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.ip.TestPackets.Recipe;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random flows cut, mixed, merged and cut again: every flow's bytes are what they were. */
final class CoalescerRandomTest {
    private static final int AT = 64;
    private static final int FLOWS = 24;

    private final Segmenter segmenter = new Segmenter();
    private final List<List<byte[]>> arrived = new ArrayList<>();
    private int written;

    @Test
    void givesBackTheSameSegmentsInEachFlowsOrder() {
        long seed = new Random().nextLong();
        System.out.println("CoalescerRandomTest seed " + seed);
        Random random = new Random(seed);
        int sent = 0;
        written = 0;
        for (int round = 0; round < 12; round++) {
            sent += playRound(random);
        }
        System.out.println(sent + " packets became " + written);
        assertTrue(written < sent, "nothing was merged");
    }

    private int playRound(Random random) {
        arrived.clear();
        List<Queue<byte[]>> flows = new ArrayList<>();
        List<List<byte[]>> expected = new ArrayList<>();
        for (int flow = 0; flow < FLOWS; flow++) {
            List<byte[]> segments = randomFlow(random, flow);
            expected.add(segments);
            flows.add(new ArrayDeque<>(segments));
            arrived.add(new ArrayList<>());
        }
        Coalescer coalescer = new Coalescer(this::cutAgain, true, random.nextBoolean());
        int sent = mix(random, flows, coalescer);
        coalescer.flush();
        for (int flow = 0; flow < FLOWS; flow++) {
            assertEquals(expected.get(flow).size(), arrived.get(flow).size());
            for (int i = 0; i < expected.get(flow).size(); i++) {
                assertArrayEquals(expected.get(flow).get(i), arrived.get(flow).get(i));
            }
        }
        return sent;
    }

    private static int mix(Random random, List<Queue<byte[]>> flows, Coalescer coalescer) {
        int sent = 0;
        while (flows.stream().anyMatch(flow -> !flow.isEmpty())) {
            Queue<byte[]> flow = flows.get(random.nextInt(FLOWS));
            for (int burst = random.nextInt(12); burst > 0 && !flow.isEmpty(); burst--) {
                byte[] array = TestPackets.padded(flow.remove());
                coalescer.add(array, AT, array.length - AT);
                sent++;
            }
            if (random.nextInt(40) == 0) {
                coalescer.flush();
            }
        }
        return sent;
    }

    private List<byte[]> randomFlow(Random random, int flow) {
        List<byte[]> segments = new ArrayList<>();
        boolean isIpv6 = random.nextBoolean();
        boolean isUdp = random.nextInt(4) == 0;
        int mss = 100 + random.nextInt(1360);
        long sequence = random.nextLong() & 0xffff_ffffL;
        int id = random.nextInt(65_536);
        for (int i = 0; i < 6; i++) {
            int payload = random.nextInt(isUdp ? 64 * mss : 60_000);
            payload = Math.min(payload, 60_000);
            int flags = TcpHeader.ACK | (random.nextBoolean() ? TcpHeader.PSH : 0);
            flags |= random.nextInt(20) == 0 ? TcpHeader.FIN : 0;
            int trafficClass = random.nextInt(8) == 0 ? 3 : 2;
            Recipe recipe =
                    new Recipe(isIpv6, flow, id, sequence, flags, trafficClass, 12, payload);
            List<byte[]> cut = new ArrayList<>();
            if (payload == 0) {
                cut.add(isUdp ? TestPackets.udp(recipe) : TestPackets.tcp(recipe));
            } else {
                byte[] packet = isUdp ? TestPackets.udp(recipe) : TestPackets.tcp(recipe);
                byte[] array = TestPackets.superPacket(packet, mss, isUdp);
                cutInto(cut, array, AT, packet.length);
            }
            sequence += payload;
            id += cut.size();
            disturb(random, cut, isUdp);
            segments.addAll(cut);
        }
        return segments;
    }

    /**
     * Damage on the way, and loss and reordering: of segments only, for a datagram has no sequence
     * number, so that a gap would be merged and its meaningless identifications be counted anew.
     */
    private static void disturb(Random random, List<byte[]> cut, boolean isUdp) {
        if (cut.size() > 3 && random.nextInt(3) == 0) {
            if (!isUdp) {
                cut.remove(random.nextInt(cut.size()));
                cut.add(cut.remove(random.nextInt(cut.size() - 1)));
            }
            byte[] damaged = cut.get(random.nextInt(cut.size()));
            damaged[damaged.length - 1] ^= 1;
        }
    }

    private void cutAgain(byte[] array, int offset, int length) {
        written++;
        int transport = IpPacket.isIpv6(array, offset) ? 40 : 20;
        int flow = UdpHeader.sourcePort(array, offset + transport) - 1024;
        cutInto(arrived.get(flow), array, offset, length);
    }

    private void cutInto(List<byte[]> out, byte[] array, int offset, int length) {
        int count = segmenter.start(array, offset, length);
        assertTrue(count >= 1, "segmenter refused a super-packet");
        byte[] dest = new byte[65_536];
        for (int i = 0; i < count; i++) {
            out.add(Arrays.copyOf(dest, segmenter.write(i, dest, 0)));
        }
    }
}
