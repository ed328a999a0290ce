package io.culvert.netstack.tcp;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that came and were not read yet: those in order, and beyond a hole {@link Ranges} of
 * others, which lie at their place already. Confined to one thread.
 */
public final class ReceiveBuffer {
    /** What became of a segment's bytes. */
    public enum Outcome {
        /** They were next, and can be read. */
        IN_ORDER,
        /** They are kept beyond a hole. */
        OUT_OF_ORDER,
        /** All of them had come before. */
        DUPLICATE,
        /** There was no memory, or there are too many holes. */
        REFUSED
    }

    private final ChunkPool pool;
    private final ChunkRing ring;
    private @Nullable Ranges ahead; // null while nothing came beyond a hole
    private int read; // the first byte that was not read
    private int next; // the first byte that did not come

    /** An empty buffer whose first byte has that sequence number. */
    public ReceiveBuffer(ChunkPool pool, int first) {
        this.pool = pool;
        this.ring = new ChunkRing(pool, first);
        this.read = first;
        this.next = first;
    }

    /** The sequence number of the first byte that did not come. */
    public int next() {
        return next;
    }

    /** Bytes that can be read. */
    public int available() {
        return next - read;
    }

    /** A number that grows with each byte that comes next, and each that is read. */
    public int progress() {
        return next + read;
    }

    /** Memory that it takes up. */
    public int heldBytes() {
        return ring.heldBytes();
    }

    /** Whether something came beyond a hole. */
    public boolean hasHoles() {
        return ahead != null;
    }

    /** Where the last byte beyond a hole ends; {@link #next} where there is none. */
    public int lastEnd() {
        return ahead == null ? next : ahead.lastEnd();
    }

    /** Copies a segment's bytes, which lie within the window, to their place. */
    public Outcome insert(int sequence, byte[] array, int offset, int length) {
        int skip = Math.max(0, next - sequence);
        if (skip >= length) {
            return Outcome.DUPLICATE;
        }
        int start = sequence + skip;
        int end = sequence + length;
        if (start != next) {
            return insertAhead(start, array, offset + skip, end - start);
        }
        if (pool.isExhausted() && ahead == null && available() > ChunkPool.CHUNK_BYTES) {
            return Outcome.REFUSED;
        }
        ring.put(start, array, offset + skip, end - start);
        advance(end);
        return Outcome.IN_ORDER;
    }

    private void advance(int end) {
        next = end;
        if (ahead != null) {
            next = ahead.advance(end);
            ahead = ahead.isEmpty() ? null : ahead;
        }
    }

    private Outcome insertAhead(int start, byte[] array, int offset, int length) {
        Ranges ranges = ahead == null ? new Ranges() : ahead;
        if (ranges.holds(start, start + length)) {
            return Outcome.DUPLICATE;
        }
        if (pool.isExhausted() || !ranges.add(start, start + length)) {
            return Outcome.REFUSED;
        }
        ahead = ranges;
        ring.put(start, array, offset, length);
        return Outcome.OUT_OF_ORDER;
    }

    /** Copies bytes out, and forgets them; answers how many. */
    public int read(byte[] array, int offset, int length) {
        int bytes = Math.min(length, available());
        ring.get(read, array, offset, bytes);
        consume(bytes);
        return bytes;
    }

    /**
     * The bytes behind the first {@code skip} that lie in one piece: borrowed until the next call;
     * more than those are available.
     */
    public ByteBuffer view(int skip) {
        return ring.view(read + skip, available() - skip);
    }

    /** Forgets so many bytes, which were available. */
    public void consume(int bytes) {
        read += bytes;
        if (read == next && ahead == null) {
            ring.reset(read);
        } else {
            ring.release(read);
        }
    }

    /** Forgets everything that came. */
    public void clear() {
        ahead = null;
        read = next;
        ring.reset(read);
    }

    /** The SACK blocks, begin and end by turns, from {@code at} on; answers how many. */
    public int blocks(int[] blocks, int at, int most) {
        return ahead == null ? 0 : ahead.blocks(blocks, at, most);
    }
}
