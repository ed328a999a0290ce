package io.culvert.bench.swarm;

import java.util.Arrays;

/** Echoes of one measurement: how many went, how many came back, and after how long. Confined. */
final class Tally {
    private static final int MOST_SAMPLES = 1 << 22;

    /** By which its echoes are told from those of the measurement before. */
    final int round;

    private int[] samplesUs = new int[1024];
    private int samples;
    private long answered;
    private long sent;
    private long heldBack;

    Tally(int round) {
        this.round = round;
    }

    void onSent() {
        sent++;
    }

    /** One could not be sent: no keys, or a full carrier. */
    void onHeldBack() {
        heldBack++;
    }

    void onAnswer(long afterNs) {
        answered++;
        add(afterNs);
    }

    private void add(long ns) {
        if (samples == samplesUs.length && samples < MOST_SAMPLES) {
            samplesUs = Arrays.copyOf(samplesUs, 2 * samples);
        }
        if (samples < samplesUs.length) {
            samplesUs[samples++] = Math.clamp(ns / 1000, 0, Integer.MAX_VALUE);
        }
    }

    long answered() {
        return answered;
    }

    boolean isComplete() {
        return answered >= sent;
    }

    /** By nearest rank, in microseconds; 0 of none. */
    private int quantileUs(double rank) {
        int at = (int) Math.ceil(rank * samples) - 1;
        return samples == 0 ? 0 : samplesUs[Math.max(0, at)];
    }

    /** The members of a JSON object. */
    String members() {
        Arrays.sort(samplesUs, 0, samples);
        return counts()
                + ", \"p50Us\": "
                + quantileUs(0.5)
                + ", \"p95Us\": "
                + quantileUs(0.95)
                + ", \"p99Us\": "
                + quantileUs(0.99);
    }

    private String counts() {
        return "\"sent\": %d, \"answered\": %d, \"heldBack\": %d"
                .formatted(sent, answered, heldBack);
    }
}
