package io.culvert.netstack.tcp;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The memory of all flows' buffers: chunks of {@value #CHUNK_BYTES} bytes, given back when empty.
 * Says when memory runs short, and leaves it to the buffers what they do then. Confined to one
 * thread; keeps a bounded number of free chunks and leaves the rest to the collector.
 */
public final class ChunkPool {
    /** Length of a chunk, a power of two. */
    public static final int CHUNK_BYTES = 1 << ChunkPool.SHIFT;

    static final int SHIFT = 13;

    private static final int MOST_KEPT = 1024;

    private static final int LARGE_SHARES = 8;
    private static final int SMALL_SHARES = 64;
    private static final int SMALL_CHUNKS = 8;

    /** The slots of a ring that holds little; most do. */
    static final int FEW_SLOTS = 16;

    private static final int MOST_SLOTS_KEPT = 256;

    private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();
    private final ArrayDeque<@Nullable ByteBuffer[]> freeSlots = new ArrayDeque<>();
    private final int mostChunks;
    private int inUse;

    /** A pool that hands out about so many bytes at most. */
    public ChunkPool(long mostBytes) {
        this.mostChunks = (int) Math.min(Integer.MAX_VALUE, mostBytes >> SHIFT);
    }

    /** A chunk on the heap, whatever it holds; position and limit are the holder's to move. */
    ByteBuffer lease() {
        inUse++;
        ByteBuffer chunk = free.pollLast();
        return chunk == null ? ByteBuffer.wrap(new byte[CHUNK_BYTES]) : chunk;
    }

    void release(ByteBuffer chunk) {
        inUse--;
        if (free.size() < MOST_KEPT) {
            free.addLast(chunk);
        }
    }

    /** {@link #FEW_SLOTS} empty slots. */
    @Nullable ByteBuffer[] leaseSlots() {
        @Nullable ByteBuffer[] slots = freeSlots.pollLast();
        return slots == null ? new @Nullable ByteBuffer[FEW_SLOTS] : slots;
    }

    void releaseSlots(@Nullable ByteBuffer[] slots) {
        if (slots.length == FEW_SLOTS && freeSlots.size() < MOST_SLOTS_KEPT) {
            freeSlots.addLast(slots);
        }
    }

    /** Chunks that are in use. */
    public int chunksInUse() {
        return inUse;
    }

    /**
     * How much one buffer may hold: a part of what is free of the first half, so that those who
     * hold much leave some for others; of the second half what a small buffer needs. Never nothing:
     * a flow without a byte under way would never hear of room again.
     */
    public int shareBytes() {
        int large = (mostChunks / 2 - inUse) / LARGE_SHARES;
        int small = Math.clamp((mostChunks - inUse) / SMALL_SHARES, 1, SMALL_CHUNKS);
        return (int) Math.min(Integer.MAX_VALUE, (long) Math.max(large, small) << SHIFT);
    }

    /** Whether buffers should not grow any more. */
    public boolean isScarce() {
        return inUse > mostChunks / 2;
    }

    /** Whether nothing but what fills a hole should be taken in. */
    public boolean isExhausted() {
        return inUse >= mostChunks;
    }
}
