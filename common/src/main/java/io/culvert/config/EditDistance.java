package io.culvert.config;

/** How many typing errors two words are apart: Levenshtein's distance. Thread-safe (stateless). */
public final class EditDistance {
    /** Longer words are never a slip of the finger, and are not worth the time. */
    private static final int LIMIT_LENGTH = 64;

    private EditDistance() {}

    /** Insertions, deletions and replacements of one character; a huge number for long words. */
    public static int of(String left, String right) {
        if (left.length() > LIMIT_LENGTH || right.length() > LIMIT_LENGTH) {
            return Integer.MAX_VALUE;
        }
        int[] above = new int[right.length() + 1];
        for (int column = 0; column <= right.length(); column++) {
            above[column] = column;
        }
        for (int row = 1; row <= left.length(); row++) {
            int[] current = new int[right.length() + 1];
            current[0] = row;
            for (int column = 1; column <= right.length(); column++) {
                int replaced = left.charAt(row - 1) == right.charAt(column - 1) ? 0 : 1;
                int best = Math.min(above[column] + 1, current[column - 1] + 1);
                current[column] = Math.min(best, above[column - 1] + replaced);
            }
            above = current;
        }
        return above[right.length()];
    }
}
