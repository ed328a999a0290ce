package io.culvert.netstack.tcp;

import io.culvert.bytes.BigEndian;

/**
 * A TCP header's options: read into fields that are reused from segment to segment, and written.
 * Confined to one thread.
 *
 * <pre>
 * 2 maximum segment size   | 2 | 4 | size |
 * 3 window scale           | 3 | 3 | shift |
 * 4 SACK permitted         | 4 | 2 |
 * 5 SACK                   | 5 | n | begin | end | …
 * 8 timestamps             | 8 | 10 | value | echo |
 * </pre>
 */
public final class TcpOptions {
    /** Bytes that timestamps take in each segment, with padding. */
    public static final int TIMESTAMPS_LENGTH = 12;

    /** The most blocks that fit. */
    public static final int MOST_BLOCKS = 4;

    private static final int END = 0;
    private static final int NOTHING = 1;
    private static final int SEGMENT_SIZE = 2;
    private static final int WINDOW_SCALE = 3;
    private static final int SACK_PERMITTED = 4;
    private static final int SACK = 5;
    private static final int TIMESTAMPS = 8;
    private static final int LARGEST_SHIFT = 14; // RFC 7323 §2.3

    private int segmentSize;
    private int windowShift;
    private boolean hasWindowScale;
    private boolean isSackPermitted;
    private boolean hasTimestamps;
    private int timestamp;
    private int echo;
    private int sackCount;
    private final int[] sacks = new int[2 * MOST_BLOCKS];
    private int firstStart; // the first block as it came
    private int firstEnd;
    private boolean isFirstWithin; // whether it lies within the second

    /** None read yet. */
    public TcpOptions() {}

    /** Reads the options in {@code array[from, to)}; what is malformed ends them. */
    public void read(byte[] array, int from, int to) {
        segmentSize = 0;
        hasWindowScale = false;
        isSackPermitted = false;
        hasTimestamps = false;
        sackCount = 0;
        int at = from;
        while (at < to && array[at] != END) {
            if (array[at] == NOTHING) {
                at++;
                continue;
            }
            int length = at + 1 < to ? array[at + 1] & 0xff : 0;
            if (length < 2 || at + length > to) {
                return;
            }
            readOne(array, at, length);
            at += length;
        }
    }

    private void readOne(byte[] array, int at, int length) {
        int kind = array[at];
        if (kind == SEGMENT_SIZE && length == 4) {
            segmentSize = BigEndian.getShort(array, at + 2);
        } else if (kind == WINDOW_SCALE && length == 3) {
            hasWindowScale = true;
            windowShift = Math.min(LARGEST_SHIFT, array[at + 2] & 0xff);
        } else if (kind == SACK_PERMITTED && length == 2) {
            isSackPermitted = true;
        } else if (kind == TIMESTAMPS && length == 10) {
            hasTimestamps = true;
            timestamp = BigEndian.getInt(array, at + 2);
            echo = BigEndian.getInt(array, at + 6);
        } else if (kind == SACK && (length - 2) % 8 == 0 && length > 2) {
            readSacks(array, at + 2, Math.min(MOST_BLOCKS, (length - 2) / 8));
        }
    }

    private void readSacks(byte[] array, int at, int blocks) {
        sackCount = blocks;
        for (int i = 0; i < 2 * blocks; i++) {
            sacks[i] = BigEndian.getInt(array, at + 4 * i);
        }
        firstStart = sacks[0];
        firstEnd = sacks[1];
        isFirstWithin =
                blocks > 1
                        && !Sequence.isBefore(firstStart, sacks[2])
                        && !Sequence.isAfter(firstEnd, sacks[3]);
    }

    /** The peer's maximum segment size; 0 when it said none. */
    public int segmentSize() {
        return segmentSize;
    }

    /** Whether the peer scales windows. */
    public boolean hasWindowScale() {
        return hasWindowScale;
    }

    /** By how many bits; only if {@link #hasWindowScale}. */
    public int windowShift() {
        return windowShift;
    }

    /** Whether the peer understands SACK. */
    public boolean isSackPermitted() {
        return isSackPermitted;
    }

    /** Whether there are timestamps. */
    public boolean hasTimestamps() {
        return hasTimestamps;
    }

    /** The peer's timestamp; only if {@link #hasTimestamps}. */
    public int timestamp() {
        return timestamp;
    }

    /** Our timestamp that it echoes; only if {@link #hasTimestamps}. */
    public int echo() {
        return echo;
    }

    int sackCount() {
        return sackCount;
    }

    int sackStart(int index) {
        return sacks[2 * index];
    }

    int sackEnd(int index) {
        return sacks[2 * index + 1];
    }

    /** What the first block says came twice (RFC 2883 §4), in bytes; 0 when it says no such. */
    int duplicateBytes(int acknowledged) {
        if (sackCount == 0 || !Sequence.isAfter(firstEnd, firstStart)) {
            return 0;
        }
        boolean isDuplicate = !Sequence.isAfter(firstEnd, acknowledged) || isFirstWithin;
        return isDuplicate ? firstEnd - firstStart : 0;
    }

    /** Puts the blocks in order, so that what came in order is not taken for reordered. */
    void sortSacks() {
        for (int i = 1; i < sackCount; i++) {
            for (int j = i; j > 0 && Sequence.isBefore(sackStart(j), sackStart(j - 1)); j--) {
                swap(2 * j, 2 * j - 2);
                swap(2 * j + 1, 2 * j - 1);
            }
        }
    }

    private void swap(int a, int b) {
        int value = sacks[a];
        sacks[a] = sacks[b];
        sacks[b] = value;
    }

    /** Writes a maximum segment size; answers where it ends. */
    public static int putSegmentSize(byte[] array, int at, int size) {
        BigEndian.putInt(array, at, SEGMENT_SIZE << 24 | 4 << 16 | size);
        return at + 4;
    }

    /** Writes a window scale behind a byte of padding; answers where it ends. */
    public static int putWindowScale(byte[] array, int at, int shift) {
        BigEndian.putInt(array, at, NOTHING << 24 | WINDOW_SCALE << 16 | 3 << 8 | shift);
        return at + 4;
    }

    /** Writes that SACK is permitted, behind two bytes of padding; answers where it ends. */
    public static int putSackPermitted(byte[] array, int at) {
        BigEndian.putInt(array, at, NOTHING << 24 | NOTHING << 16 | SACK_PERMITTED << 8 | 2);
        return at + 4;
    }

    /** Writes timestamps behind two bytes of padding; answers where they end. */
    public static int putTimestamps(byte[] array, int at, int value, int echo) {
        BigEndian.putInt(array, at, NOTHING << 24 | NOTHING << 16 | TIMESTAMPS << 8 | 10);
        BigEndian.putInt(array, at + 4, value);
        BigEndian.putInt(array, at + 8, echo);
        return at + TIMESTAMPS_LENGTH;
    }

    /** Writes SACK blocks behind two bytes of padding; answers where they end. */
    public static int putSacks(byte[] array, int at, int[] blocks, int count) {
        int length = 2 + 8 * count;
        BigEndian.putInt(array, at, NOTHING << 24 | NOTHING << 16 | SACK << 8 | length);
        for (int i = 0; i < 2 * count; i++) {
            BigEndian.putInt(array, at + 4 + 4 * i, blocks[i]);
        }
        return at + 4 + 8 * count;
    }
}
