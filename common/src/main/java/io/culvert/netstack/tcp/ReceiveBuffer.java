package io.culvert.netstack.tcp;

import java.nio.ByteBuffer;

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
    private final Ranges ahead = new Ranges();
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

    /** Whether something came beyond a hole. */
    public boolean hasHoles() {
        return !ahead.isEmpty();
    }

    /** Where the last byte beyond a hole ends; {@link #next} where there is none. */
    public int lastEnd() {
        return ahead.isEmpty() ? next : ahead.lastEnd();
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
        if (pool.isExhausted() && ahead.isEmpty() && available() > ChunkPool.CHUNK_BYTES) {
            return Outcome.REFUSED;
        }
        ring.put(start, array, offset + skip, end - start);
        next = ahead.isEmpty() ? end : ahead.advance(end);
        return Outcome.IN_ORDER;
    }

    private Outcome insertAhead(int start, byte[] array, int offset, int length) {
        if (ahead.holds(start, start + length)) {
            return Outcome.DUPLICATE;
        }
        if (pool.isExhausted() || !ahead.add(start, start + length)) {
            return Outcome.REFUSED;
        }
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
        if (read == next && ahead.isEmpty()) {
            ring.reset(read);
        } else {
            ring.release(read);
        }
    }

    /** Forgets everything that came. */
    public void clear() {
        ahead.clear();
        read = next;
        ring.reset(read);
    }

    /** The SACK blocks, begin and end by turns, from {@code at} on; answers how many. */
    public int blocks(int[] blocks, int at, int most) {
        return ahead.blocks(blocks, at, most);
    }
}
