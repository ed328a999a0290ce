package io.culvert.bench.flows;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** What became of many questions, and after how long. Thread-safe. */
final class Asked {
    private static final int NS_PER_US = 1000;

    private final int[] timesUs;
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();

    Asked(int most) {
        timesUs = new int[most];
    }

    void onAnswer(long afterNs) {
        timesUs[answered.getAndIncrement()] = (int) (afterNs / NS_PER_US);
        ended.incrementAndGet();
    }

    void onFailure() {
        ended.incrementAndGet();
    }

    boolean isOver() {
        return ended.get() == timesUs.length;
    }

    /** The members of a JSON object; once all is over. */
    String members() {
        int count = answered.get();
        Arrays.sort(timesUs, 0, count);
        return "\"asked\": %d, \"answered\": %d, \"p50Us\": %d, \"p95Us\": %d, \"p99Us\": %d"
                .formatted(
                        timesUs.length, count, rank(count, 50), rank(count, 95), rank(count, 99));
    }

    /** By nearest rank; 0 of none. */
    private int rank(int count, int percent) {
        return count == 0 ? 0 : timesUs[Math.max(0, (count * percent + 99) / 100 - 1)];
    }
}
