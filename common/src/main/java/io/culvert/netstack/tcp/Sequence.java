package io.culvert.netstack.tcp;

/** Order of sequence numbers, modulo 2³² (RFC 9293 §3.4). Thread-safe (stateless). */
public final class Sequence {
    private Sequence() {}

    /** Whether {@code a} comes before {@code b}. */
    public static boolean isBefore(int a, int b) {
        return a - b < 0;
    }

    /** Whether {@code a} comes after {@code b}. */
    public static boolean isAfter(int a, int b) {
        return a - b > 0;
    }

    /** The later one. */
    public static int max(int a, int b) {
        return a - b > 0 ? a : b;
    }

    /** The earlier one. */
    public static int min(int a, int b) {
        return a - b < 0 ? a : b;
    }
}
