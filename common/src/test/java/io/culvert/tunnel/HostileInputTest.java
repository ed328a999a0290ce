package io.culvert.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.culvert.bytes.LittleEndian;
import io.culvert.wire.MessageType;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random and mutated datagrams into an engine with live sessions: no exception, each one accounted
 * for, bounded state and bounded garbage. One seed again: {@code -Dculvert.hostile.seed=N}.
 */
final class HostileInputTest {
    /** The dearest hostile datagram passes mac1 and costs an X25519 agreement. */
    private static final long BYTES_PER_DATAGRAM = 8192;

    @Test
    void twentyThousandHostileDatagramsDoNoHarm() {
        attack(20_000);
    }

    @Test
    @Tag("slow")
    void aMillionHostileDatagramsDoNoHarm() {
        attack(1_000_000);
    }

    private static void attack(int datagrams) {
        long seed = Long.getLong("culvert.hostile.seed", System.nanoTime());
        System.out.println("hostile input: seed " + seed);
        try {
            new Attack(seed).run(datagrams);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e, e);
        }
    }

    /** One run from a seed. */
    private static final class Attack {
        private final Random random;
        private final Rig rig = Rig.joined();
        private final Host victim = rig.second();
        private final List<byte[]> seeds = new ArrayList<>();
        private long accepted;

        Attack(long seed) {
            random = new Random(seed);
        }

        void run(int datagrams) {
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long allocated = 0;
            for (int i = 0; i < datagrams; i++) {
                if (i % 5000 == 0) {
                    refresh();
                }
                byte[] datagram = next();
                String from = random.nextInt(3) == 0 ? "host1" : "attacker" + random.nextInt(50);
                long before = threads.getCurrentThreadAllocatedBytes();
                feed(datagram, from);
                allocated += threads.getCurrentThreadAllocatedBytes() - before;
                rig.nowNs += random.nextInt(200_000);
            }
            long each = allocated / datagrams;
            System.out.printf(
                    "hostile input: %d datagrams, %d B of garbage each, drops %s%n",
                    datagrams, each, victim.tunnel.drops().snapshot());
            assertTrue(each < BYTES_PER_DATAGRAM, each + " bytes a datagram");
            stillWorks();
        }

        /** Fresh valid messages of every kind, captured on the way, as what is mutated. */
        private void refresh() {
            seeds.clear();
            rig.run(200);
            rig.log.clear();
            rig.first().packet(2, random.nextLong());
            rig.settle();
            rig.lose(d -> true);
            rig.first().packet(2, random.nextLong());
            rig.run(6);
            rig.first().tunnel.renewKeys(rig.first().peer(victim), rig.nowNs);
            victim.tunnel.renewKeys(victim.peer(rig.first()), rig.nowNs);
            rig.log.forEach(d -> seeds.add(d.bytes()));
            rig.loseNothing();
            byte[] cookieReply = new byte[64];
            random.nextBytes(cookieReply);
            LittleEndian.putInt(cookieReply, 0, 3);
            LittleEndian.putInt(cookieReply, 4, anyIndex());
            seeds.add(cookieReply);
        }

        private int anyIndex() {
            byte[] one = seeds.get(random.nextInt(seeds.size()));
            return LittleEndian.getInt(one, 4);
        }

        private byte[] next() {
            if (random.nextInt(4) == 0) {
                return noise();
            }
            byte[] datagram = seeds.get(random.nextInt(seeds.size())).clone();
            switch (random.nextInt(6)) {
                case 0 -> LittleEndian.putInt(datagram, 4, anyIndex());
                case 1 -> LittleEndian.putLong(datagram, 8, random.nextLong());
                case 2 -> datagram[random.nextInt(datagram.length)] = (byte) random.nextInt();
                case 3 -> datagram = Arrays.copyOf(datagram, random.nextInt(datagram.length + 40));
                case 4 -> LittleEndian.putInt(datagram, 0, random.nextInt(6));
                default -> {
                    for (int i = random.nextInt(8); i >= 0; i--) {
                        datagram[random.nextInt(datagram.length)] ^=
                                (byte) (1 << random.nextInt(8));
                    }
                }
            }
            return datagram;
        }

        private byte[] noise() {
            int[] lengths = {0, 1, 3, 4, 31, 32, 64, 92, 148, random.nextInt(2000), 65_535};
            byte[] datagram = new byte[lengths[random.nextInt(lengths.length - 1)]];
            random.nextBytes(datagram);
            if (datagram.length >= 4) {
                LittleEndian.putInt(datagram, 0, 1 + random.nextInt(4));
            }
            return datagram;
        }

        private void feed(byte[] datagram, String from) {
            MessageType type = MessageType.of(datagram, 0, datagram.length);
            long drops = victim.allDrops();
            long rx = victim.peer(rig.first()).rxBytes();
            int length = victim.tunnel.receive(datagram, 0, datagram.length, from, rig.nowNs);
            boolean isDropped = victim.allDrops() == drops + 1;
            // an authentic message is one that a mutation left whole, which is rare but right
            boolean isAuthentic = victim.peer(rig.first()).rxBytes() > rx;
            accepted += isAuthentic ? 1 : 0;
            assertTrue(isDropped || isAuthentic, type + " vanished: " + length);
            assertTrue(victim.tunnel.indices() <= 4, victim.tunnel.indices() + " indices");
            assertTrue(victim.tunnel.limitedSources() <= 51);
            assertTrue(victim.peer(rig.first()).stagedPackets() <= 128);
        }

        private void stillWorks() {
            rig.run(200);
            victim.received.clear();
            rig.first().connect(victim);
            rig.first().packet(2, 4711);
            rig.run(12);
            assertEquals(List.of(4711L), victim.received);
            assertTrue(accepted < 100_000, accepted + " accepted");
        }
    }
}
