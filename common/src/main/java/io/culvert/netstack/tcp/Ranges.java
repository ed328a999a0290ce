package io.culvert.netstack.tcp;

import java.util.Arrays;

/**
 * Disjoint ranges of sequence numbers in order: what came ahead of a hole. A bounded number;
 * confined to one thread.
 */
final class Ranges {
    /** More holes than this are not kept track of. */
    static final int MOST = 1024;

    private static final int[] NONE = {};
    private static final int LEAST = 8;
    private static final int RECENT = 4;

    /** Begin and end of each range, by turns. */
    private int[] bounds = NONE;

    private int count;

    /** A byte in each of the ranges that grew last, the newest first; kept while count > 0. */
    private int[] recent = NONE;

    private int recentCount;

    boolean isEmpty() {
        return count == 0;
    }

    int count() {
        return count;
    }

    int start(int index) {
        return bounds[2 * index];
    }

    int end(int index) {
        return bounds[2 * index + 1];
    }

    /** Adds a range, which is not empty; false when there are too many. */
    boolean add(int start, int end) {
        int from = indexOfEndNotBefore(start);
        int to = from;
        int newStart = start;
        int newEnd = end;
        while (to < count && !Sequence.isAfter(start(to), newEnd)) {
            newStart = Sequence.min(newStart, start(to));
            newEnd = Sequence.max(newEnd, end(to));
            to++;
        }
        if (to == from && count == MOST) {
            return false;
        }
        replace(from, to, newStart, newEnd);
        noteRecent(start);
        return true;
    }

    /** The first range that touches or comes after {@code start}: most often at the end. */
    private int indexOfEndNotBefore(int start) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Sequence.isBefore(end(middle), start)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void replace(int from, int to, int start, int end) {
        int shift = 1 - (to - from);
        if (2 * (count + shift) > bounds.length) {
            bounds = Arrays.copyOf(bounds, Math.max(2 * LEAST, 2 * bounds.length));
        }
        if (shift != 0) {
            System.arraycopy(bounds, 2 * to, bounds, 2 * (to + shift), 2 * (count - to));
            count += shift;
        }
        bounds[2 * from] = start;
        bounds[2 * from + 1] = end;
    }

    private void noteRecent(int point) {
        if (recent.length == 0) {
            recent = new int[RECENT];
        }
        if (recentCount > 0 && rangeOf(recent[0]) == rangeOf(point)) {
            return;
        }
        System.arraycopy(recent, 0, recent, 1, RECENT - 1);
        recent[0] = point;
        recentCount = Math.min(RECENT, recentCount + 1);
    }

    /** The index of the range that holds {@code point}; -1 when none does. */
    private int rangeOf(int point) {
        int index = indexOfEndNotBefore(point + 1);
        return index < count && !Sequence.isAfter(start(index), point) ? index : -1;
    }

    /** Takes away the ranges that {@code next} reaches; answers how far it reaches then. */
    int advance(int next) {
        int reached = next;
        int taken = 0;
        while (taken < count && !Sequence.isAfter(start(taken), reached)) {
            reached = Sequence.max(reached, end(taken));
            taken++;
        }
        if (taken > 0) {
            count -= taken;
            System.arraycopy(bounds, 2 * taken, bounds, 0, 2 * count);
            if (count == 0) {
                clear();
            }
        }
        return reached;
    }

    void clear() {
        count = 0;
        recentCount = 0;
        bounds = NONE;
        recent = NONE;
    }

    /** Whether a range holds all of it. */
    boolean holds(int start, int end) {
        int index = rangeOf(start);
        return index >= 0 && !Sequence.isBefore(end(index), end);
    }

    /** Where the last range ends; only when there is one. */
    int lastEnd() {
        return end(count - 1);
    }

    /**
     * The ranges as SACK blocks, those that grew last first (RFC 2018 §4), begin and end by turns.
     *
     * @return how many blocks were put into {@code blocks} from {@code at} on, at most {@code most}
     */
    int blocks(int[] blocks, int at, int most) {
        int written = 0;
        for (int i = 0; i < recentCount && written < most; i++) {
            written += appendBlock(rangeOf(recent[i]), blocks, at, written);
        }
        for (int i = 0; i < count && written < most; i++) {
            written += appendBlock(i, blocks, at, written);
        }
        return written;
    }

    private int appendBlock(int index, int[] blocks, int at, int written) {
        if (index < 0) {
            return 0;
        }
        for (int i = 0; i < written; i++) {
            if (blocks[at + 2 * i] == start(index)) {
                return 0;
            }
        }
        blocks[at + 2 * written] = start(index);
        blocks[at + 2 * written + 1] = end(index);
        return 1;
    }
}
