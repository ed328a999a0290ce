package io.culvert.carrier;

/**
 * The largest value of the last ten stretches of time, as its user counts time. Allocates nothing;
 * confined to its user.
 */
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
        double most = 0;
        for (double each : largest) {
            if (each > most && stretchesWith(each) >= stretches) {
                most = each;
            }
        }
        return most;
    }

    private int stretchesWith(double least) {
        int count = 0;
        for (double each : largest) {
            count += each >= least ? 1 : 0;
        }
        return count;
    }
}
