package io.culvert.carrier;

import java.util.Arrays;

/** The largest value of the last ten stretches of time, as its user counts time. Confined. */
final class RecentMax {
    private static final int STRETCHES = 10;

    private final double[] largest = new double[STRETCHES];
    private int stretch;
    private long pastNs; // of the newest stretch

    /** Lets time pass, in stretches of a length that may change. */
    void advance(long ns, long stretchNs) {
        pastNs += ns;
        for (int i = 0; i < STRETCHES && pastNs >= stretchNs; i++) {
            pastNs -= stretchNs;
            stretch = (stretch + 1) % STRETCHES;
            largest[stretch] = 0;
        }
        pastNs = Math.min(pastNs, stretchNs);
    }

    /** Takes a value in. */
    void add(double value) {
        largest[stretch] = Math.max(largest[stretch], value);
    }

    /** The largest, at least 0. */
    double max() {
        return common(1);
    }

    /** What was reached in so many stretches, at least 0. */
    double common(int stretches) {
        double[] sorted = largest.clone();
        Arrays.sort(sorted);
        return sorted[STRETCHES - stretches];
    }
}
