package io.culvert.netstack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.BigEndian;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The scoreboard under acknowledgments that somebody makes up to keep it busy. */
final class ScoreboardTest {
    private static final int SEGMENT = 1000;

    private final long seed = Long.getLong("culvert.seed", System.nanoTime());
    private final SentPool pool = new SentPool();
    private final Scoreboard board = new Scoreboard(pool);
    private final Delivery delivery = new Delivery();
    private final Rack rack = new Rack(new RttEstimator());
    private final TcpOptions options = new TcpOptions();
    private int next;
    private long nowNs = 1_000_000;

    private void send(int segments) {
        for (int i = 0; i < segments; i++) {
            board.onSent(next, next + SEGMENT, nowNs++);
            next += SEGMENT;
        }
    }

    private void sack(int... blocks) {
        byte[] array = new byte[2 + 2 + 8 * TcpOptions.MOST_BLOCKS];
        int end = TcpOptions.putSacks(array, 0, blocks, blocks.length / 2);
        options.read(array, 0, end);
        delivery.begin(0, next, nowNs, Delivery.NO_ECHO, false);
        board.sack(options, delivery, rack);
        assertEquals(blocks.length / 2, BigEndian.getShort(array, 2) % 256 / 8);
    }

    @Test
    void staysConsistentWhateverIsSaid() {
        System.out.println("scoreboard seed " + seed);
        Random random = new Random(seed);
        send(200);
        for (int i = 0; i < 20_000; i++) {
            int at = random.nextInt(next);
            int end = Math.min(next, at + 1 + random.nextInt(3000));
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> sack(at, end);
                case 3 -> {
                    Sent oldest = board.oldest();
                    if (oldest != null) {
                        board.markLost(oldest);
                    }
                }
                case 4 -> {
                    Sent lost = board.firstLost();
                    if (lost != null) {
                        board.onSentAgain(lost, 1 + random.nextInt(lost.length()), nowNs++);
                    }
                }
                case 5 -> acknowledgeUpTo(Math.min(next, firstNumber() + random.nextInt(500)));
                case 6 -> {
                    if (random.nextInt(20) == 0) {
                        board.forgetLosses();
                    } else if (random.nextInt(20) == 0) {
                        board.forgetSacks();
                    }
                }
                default -> send(random.nextInt(2));
            }
            check();
        }
        board.clear();
        assertEquals(0, pool.inUse());
    }

    private int firstNumber() {
        Sent head = board.head();
        return head == null ? next : head.start;
    }

    private void acknowledgeUpTo(int number) {
        delivery.begin(number, next, nowNs, Delivery.NO_ECHO, false);
        board.acknowledge(delivery, rack);
    }

    private void check() {
        Sent firstLost = null;
        int underWay = 0;
        int lost = 0;
        for (Sent sent = board.head(); sent != null; sent = sent.next) {
            firstLost = firstLost == null && sent.isLost ? sent : firstLost;
            underWay += sent.isUnderWay() ? sent.length() : 0;
            lost += sent.isLost ? sent.length() : 0;
            assertTrue(sent.length() > 0);
        }
        assertSame(firstLost, board.firstLost());
        assertEquals(lost, board.lostBytes());
        assertEquals(underWay, board.underWayBytes());
        for (Sent sent = board.oldest(); sent != null; sent = sent.newer) {
            underWay -= sent.length();
            Sent newer = sent.newer;
            assertTrue(newer == null || newer.sentNs - sent.sentNs >= 0);
        }
        assertEquals(0, underWay);
    }

    /** Linear and quadratic work would differ by a factor of thousands. */
    @Test
    void oneAcknowledgmentNeverCostsMuch() {
        send(Scoreboard.MANY);
        for (int i = 0; i < Scoreboard.MANY; i += 2) {
            sack(i * SEGMENT, (i + 1) * SEGMENT);
        }
        int last = next - SEGMENT;
        long startNs = System.nanoTime();
        for (int i = 0; i < 2000; i++) {
            sack(0, 1, last - 2 * SEGMENT, last - SEGMENT - 1); // from one end to the other
        }
        long eachNs = (System.nanoTime() - startNs) / 2000;
        for (int i = 0; i < 200; i++) {
            for (Sent sent = board.oldest(); sent != null; sent = board.oldest()) {
                board.markLost(sent);
            }
            board.forgetLosses();
        }
        long undoNs = (System.nanoTime() - startNs - 2000 * eachNs) / 200;
        System.out.printf("scoreboard: a SACK at worst %d ns, an undo %d ns%n", eachNs, undoNs);
        assertTrue(eachNs < 1_000_000 && undoNs < 5_000_000, eachNs + " and " + undoNs);
        assertTrue(board.isCrowded());
    }
}
