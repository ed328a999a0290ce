package io.culvert.netstack.tcp;

import java.nio.ByteBuffer;

/**
 * Bytes that the application has written and the peer has not acknowledged yet, by sequence number.
 * Confined to one thread.
 */
public final class SendBuffer {
    private final ChunkRing ring;
    private int start;
    private int end;

    /** An empty buffer whose first byte has that sequence number. */
    public SendBuffer(ChunkPool pool, int first) {
        ring = new ChunkRing(pool, first);
        start = first;
        end = first;
    }

    /** Sequence number behind the last byte. */
    public int end() {
        return end;
    }

    /** Bytes held. */
    public int length() {
        return end - start;
    }

    /** Memory that it takes up. */
    public int heldBytes() {
        return ring.heldBytes();
    }

    /** Copies bytes to the end. */
    public void write(byte[] array, int offset, int length) {
        ring.put(end, array, offset, length);
        end += length;
    }

    /** Room at the end in one piece, at most {@code most} bytes: borrowed until the next call. */
    public ByteBuffer space(int most) {
        return ring.view(end, most);
    }

    /** So many bytes were put into the {@link #space}. */
    public void wrote(int bytes) {
        end += bytes;
    }

    /** Copies {@code length} bytes from that sequence number on. */
    public void copy(int sequence, byte[] array, int offset, int length) {
        ring.get(sequence, array, offset, length);
    }

    /** Forgets what comes before that sequence number. */
    public void release(int sequence) {
        if (sequence == end) {
            ring.reset(sequence);
        } else {
            ring.release(sequence);
        }
        start = sequence;
    }

    /** Forgets everything. */
    public void clear() {
        release(end);
    }
}
