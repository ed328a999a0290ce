package io.culvert.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.time.DeadlineHeap.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class DeadlineHeapTest {
    private long nowNs;
    private final DeadlineHeap heap = new DeadlineHeap();
    private final List<String> fired = new ArrayList<>();

    private Timer timer(String name) {
        return heap.timer(() -> fired.add(name));
    }

    @Test
    void firesInTheOrderOfTheirDeadlines() {
        timer("late").armAt(nowNs + 30);
        timer("early").armAt(nowNs + 10);
        timer("middle").armAt(nowNs + 20);
        nowNs = 30;
        heap.fireDue(nowNs);
        assertEquals(List.of("early", "middle", "late"), fired);
        assertTrue(heap.isEmpty());
    }

    @Test
    void firesNothingBeforeItIsDue() {
        timer("a").armAt(nowNs + 10);
        nowNs = 9;
        heap.fireDue(nowNs);
        assertEquals(List.of(), fired);
        assertEquals(1, heap.untilNextNs(nowNs));
        nowNs = 10;
        heap.fireDue(nowNs);
        assertEquals(List.of("a"), fired);
    }

    @Test
    void firesOncePerArming() {
        Timer timer = timer("a");
        timer.armAt(nowNs + 10);
        nowNs = 100;
        heap.fireDue(nowNs);
        heap.fireDue(nowNs);
        assertEquals(List.of("a"), fired);
        timer.armAt(nowNs + 0);
        heap.fireDue(nowNs);
        assertEquals(List.of("a", "a"), fired);
    }

    @Test
    void keepsTheOrderOfArmingAtTheSameDeadline() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            timer("t" + i).armAt(nowNs + 7);
            expected.add("t" + i);
        }
        nowNs = 7;
        heap.fireDue(nowNs);
        assertEquals(expected, fired);
    }

    @Test
    void replacesAnEarlierArming() {
        Timer timer = timer("a");
        timer.armAt(nowNs + 10);
        timer.armAt(nowNs + 50);
        nowNs = 49;
        heap.fireDue(nowNs);
        assertEquals(List.of(), fired);
        timer.armAt(nowNs + 1);
        nowNs = 50;
        heap.fireDue(nowNs);
        nowNs = 1000;
        heap.fireDue(nowNs);
        assertEquals(List.of("a"), fired);
    }

    @Test
    void forgetsWhatIsCancelled() {
        Timer first = timer("first");
        first.armAt(nowNs + 10);
        timer("second").armAt(nowNs + 20);
        first.cancel();
        first.cancel();
        assertEquals(20, heap.untilNextNs(nowNs));
        nowNs = 20;
        heap.fireDue(nowNs);
        assertEquals(List.of("second"), fired);
    }

    @Test
    void letsAnActionCancelAnotherThatIsDue() {
        Timer victim = timer("victim");
        heap.timer(victim::cancel).armAt(nowNs + 1);
        victim.armAt(nowNs + 2);
        nowNs = 5;
        heap.fireDue(nowNs);
        assertEquals(List.of(), fired);
    }

    @Test
    void endsThoughAnActionArmsItselfAtOnce() {
        Timer[] again = new Timer[1];
        again[0] =
                heap.timer(() -> {
                    fired.add("again");
                    again[0].armAt(nowNs + 0);
                });
        again[0].armAt(nowNs + 0);
        heap.fireDue(nowNs);
        assertEquals(List.of("again"), fired);
        heap.fireDue(nowNs);
        assertEquals(List.of("again", "again"), fired);
    }

    @Test
    void takesMomentsThatArePastOrFarAway() {
        timer("past").armAt(nowNs + -5);
        timer("never").armAt(nowNs + Long.MAX_VALUE / 2);
        heap.fireDue(nowNs);
        assertEquals(List.of("past"), fired);
        assertTrue(heap.untilNextNs(nowNs) > 1L << 61);
    }

    @Test
    void outlivesTheWrapOfTheClock() {
        nowNs = Long.MAX_VALUE - 5;
        timer("after").armAt(nowNs + 10);
        timer("before").armAt(nowNs + 2);
        heap.fireDue(nowNs);
        assertEquals(List.of(), fired);
        nowNs += 2;
        heap.fireDue(nowNs);
        assertEquals(List.of("before"), fired);
        nowNs += 8;
        heap.fireDue(nowNs);
        assertEquals(List.of("before", "after"), fired);
    }

    @Test
    void agreesWithAPlainListOverManyRandomSteps() {
        long seed = System.nanoTime();
        System.out.println("DeadlineHeapTest seed " + seed);
        Random random = new Random(seed);
        int count = 40;
        Timer[] timers = new Timer[count];
        long[] deadlines = new long[count];
        long[] firedAt = new long[count];
        for (int i = 0; i < count; i++) {
            int index = i;
            deadlines[i] = Long.MAX_VALUE;
            timers[i] = heap.timer(() -> firedAt[index] = nowNs);
        }
        for (int step = 0; step < 20_000; step++) {
            int index = random.nextInt(count);
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    int delay = random.nextInt(100);
                    timers[index].armAt(nowNs + delay);
                    deadlines[index] = nowNs + delay;
                }
                case 2 -> {
                    timers[index].cancel();
                    deadlines[index] = Long.MAX_VALUE;
                }
                default -> {
                    nowNs += random.nextInt(20);
                    java.util.Arrays.fill(firedAt, -1);
                    heap.fireDue(nowNs);
                    for (int i = 0; i < count; i++) {
                        boolean due = deadlines[i] <= nowNs;
                        assertEquals(due ? nowNs : -1, firedAt[i], "seed " + seed);
                        deadlines[i] = due ? Long.MAX_VALUE : deadlines[i];
                    }
                }
            }
        }
    }
}
