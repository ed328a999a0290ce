package io.culvert.netstack.tcp;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a byte stream in chunks, each byte at its place by its sequence number, so that what
 * comes out of order is copied once. Bytes that were never put have no chunk. Confined to one
 * thread.
 */
final class ChunkRing {
    private static final int MASK = ChunkPool.CHUNK_BYTES - 1;

    private final ChunkPool pool;
    private @Nullable ByteBuffer @Nullable [] slots; // null while nothing is in it
    private int first; // the slot of the first chunk
    private int base; // the sequence number of the first chunk's first byte
    private int held; // chunks that are not null

    ChunkRing(ChunkPool pool, int base) {
        this.pool = pool;
        this.base = base;
    }

    int heldBytes() {
        return held << ChunkPool.SHIFT;
    }

    /** Copies bytes in; {@code sequence} is not before the last {@link #release}. */
    void put(int sequence, byte[] array, int offset, int length) {
        int done = 0;
        while (done < length) {
            int place = sequence + done - base;
            int within = place & MASK;
            int part = Math.min(length - done, ChunkPool.CHUNK_BYTES - within);
            System.arraycopy(array, offset + done, chunkFor(place).array(), within, part);
            done += part;
        }
    }

    /** Copies bytes out that were put. */
    void get(int sequence, byte[] array, int offset, int length) {
        int done = 0;
        while (done < length) {
            int place = sequence + done - base;
            int within = place & MASK;
            int part = Math.min(length - done, ChunkPool.CHUNK_BYTES - within);
            System.arraycopy(chunkFor(place).array(), within, array, offset + done, part);
            done += part;
        }
    }

    /** The bytes from {@code sequence} on that lie in one piece, at most {@code most}: borrowed. */
    ByteBuffer view(int sequence, int most) {
        int place = sequence - base;
        int within = place & MASK;
        ByteBuffer chunk = chunkFor(place);
        return chunk.limit(Math.min(ChunkPool.CHUNK_BYTES, within + most)).position(within);
    }

    private ByteBuffer chunkFor(int place) {
        int index = place >>> ChunkPool.SHIFT;
        @Nullable ByteBuffer[] ring = slotsFor(index);
        int slot = first + index & ring.length - 1;
        ByteBuffer chunk = ring[slot];
        if (chunk == null) {
            chunk = pool.lease();
            ring[slot] = chunk;
            held++;
        }
        return chunk;
    }

    private @Nullable ByteBuffer[] slotsFor(int index) {
        @Nullable ByteBuffer[] ring = slots;
        if (ring != null && index < ring.length) {
            return ring;
        }
        boolean isFew = index < ChunkPool.FEW_SLOTS;
        @Nullable ByteBuffer[] larger =
                isFew
                        ? pool.leaseSlots()
                        : new @Nullable ByteBuffer[Integer.highestOneBit(index) << 1];
        if (ring != null) {
            for (int i = 0; i < ring.length; i++) {
                larger[i] = ring[first + i & ring.length - 1];
                ring[first + i & ring.length - 1] = null;
            }
            pool.releaseSlots(ring);
        }
        first = 0;
        slots = larger;
        return larger;
    }

    /** Gives back the chunks that hold nothing from {@code sequence} on. */
    void release(int sequence) {
        while (sequence - base >= ChunkPool.CHUNK_BYTES) {
            if (held == 0) { // a gap without chunks, however long, is one step
                base += sequence - base & ~MASK;
                return;
            }
            dropFirst();
            base += ChunkPool.CHUNK_BYTES;
        }
    }

    private void dropFirst() {
        @Nullable ByteBuffer[] ring = slots;
        if (ring == null) {
            return;
        }
        ByteBuffer chunk = ring[first];
        if (chunk != null) {
            pool.release(chunk);
            ring[first] = null;
            held--;
        }
        first = first + 1 & ring.length - 1;
    }

    /** Gives back everything; the next byte will be that of {@code sequence}. */
    void reset(int sequence) {
        base = sequence;
        @Nullable ByteBuffer[] ring = slots;
        if (ring == null) {
            return;
        }
        for (int i = 0; held > 0 && i < ring.length; i++) {
            dropFirst();
        }
        pool.releaseSlots(ring);
        slots = null;
        first = 0;
    }
}
