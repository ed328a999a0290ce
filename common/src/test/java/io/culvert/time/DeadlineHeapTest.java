package io.culvert.loop.epoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.loop.EventLoop.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TimerHeapTest {
    private long nowNs;
    private final TimerHeap heap = new TimerHeap(() -> nowNs);
    private final List<String> fired = new ArrayList<>();

    private Timer timer(String name) {
        return heap.timer(() -> fired.add(name));
    }

    @Test
    void firesInTheOrderOfTheirDeadlines() {
        timer("late").arm(30);
        timer("early").arm(10);
        timer("middle").arm(20);
        nowNs = 30;
        heap.fireDue();
        assertEquals(List.of("early", "middle", "late"), fired);
        assertTrue(heap.isEmpty());
    }

    @Test
    void firesNothingBeforeItIsDue() {
        timer("a").arm(10);
        nowNs = 9;
        heap.fireDue();
        assertEquals(List.of(), fired);
        assertEquals(1, heap.untilNextNs());
        nowNs = 10;
        heap.fireDue();
        assertEquals(List.of("a"), fired);
    }

    @Test
    void firesOncePerArming() {
        Timer timer = timer("a");
        timer.arm(10);
        nowNs = 100;
        heap.fireDue();
        heap.fireDue();
        assertEquals(List.of("a"), fired);
        timer.arm(0);
        heap.fireDue();
        assertEquals(List.of("a", "a"), fired);
    }

    @Test
    void keepsTheOrderOfArmingAtTheSameDeadline() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            timer("t" + i).arm(7);
            expected.add("t" + i);
        }
        nowNs = 7;
        heap.fireDue();
        assertEquals(expected, fired);
    }

    @Test
    void replacesAnEarlierArming() {
        Timer timer = timer("a");
        timer.arm(10);
        timer.arm(50);
        nowNs = 49;
        heap.fireDue();
        assertEquals(List.of(), fired);
        timer.arm(1);
        nowNs = 50;
        heap.fireDue();
        nowNs = 1000;
        heap.fireDue();
        assertEquals(List.of("a"), fired);
    }

    @Test
    void forgetsWhatIsCancelled() {
        Timer first = timer("first");
        first.arm(10);
        timer("second").arm(20);
        first.cancel();
        first.cancel();
        assertEquals(20, heap.untilNextNs());
        nowNs = 20;
        heap.fireDue();
        assertEquals(List.of("second"), fired);
    }

    @Test
    void letsAnActionCancelAnotherThatIsDue() {
        Timer victim = timer("victim");
        heap.timer(victim::cancel).arm(1);
        victim.arm(2);
        nowNs = 5;
        heap.fireDue();
        assertEquals(List.of(), fired);
    }

    @Test
    void endsThoughAnActionArmsItselfAtOnce() {
        Timer[] again = new Timer[1];
        again[0] =
                heap.timer(() -> {
                    fired.add("again");
                    again[0].arm(0);
                });
        again[0].arm(0);
        heap.fireDue();
        assertEquals(List.of("again"), fired);
        heap.fireDue();
        assertEquals(List.of("again", "again"), fired);
    }

    @Test
    void takesNegativeAndEndlessDelays() {
        timer("past").arm(-5);
        timer("never").arm(Long.MAX_VALUE);
        heap.fireDue();
        assertEquals(List.of("past"), fired);
        assertTrue(heap.untilNextNs() > 1L << 61);
    }

    @Test
    void outlivesTheWrapOfTheClock() {
        nowNs = Long.MAX_VALUE - 5;
        timer("after").arm(10);
        timer("before").arm(2);
        heap.fireDue();
        assertEquals(List.of(), fired);
        nowNs += 2;
        heap.fireDue();
        assertEquals(List.of("before"), fired);
        nowNs += 8;
        heap.fireDue();
        assertEquals(List.of("before", "after"), fired);
    }

    @Test
    void agreesWithAPlainListOverManyRandomSteps() {
        long seed = System.nanoTime();
        System.out.println("TimerHeapTest seed " + seed);
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
                    timers[index].arm(delay);
                    deadlines[index] = nowNs + delay;
                }
                case 2 -> {
                    timers[index].cancel();
                    deadlines[index] = Long.MAX_VALUE;
                }
                default -> {
                    nowNs += random.nextInt(20);
                    java.util.Arrays.fill(firedAt, -1);
                    heap.fireDue();
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
