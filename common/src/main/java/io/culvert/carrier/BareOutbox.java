package io.culvert.carrier;

import java.util.Arrays;

/** The outbox of bare carriers: one frame a datagram, several frames a write. Confined. */
final class BareOutbox implements Outbox {
    private final FrameWriter frames;
    private final Writer writer;
    private final int maxWriteBytes;
    private byte[] array;
    private int end;
    private int datagram;

    /** Whether a longer datagram than fits a usual write was built since the last trim. */
    private boolean isLong;

    BareOutbox(FrameWriter frames, Writer writer, int maxWriteBytes) {
        this.frames = frames;
        this.writer = writer;
        this.maxWriteBytes = maxWriteBytes;
        this.array = new byte[0]; // whole at the first datagram
    }

    @Override
    public byte[] array() {
        return array;
    }

    @Override
    public int reserve(int maxLength) {
        int header = frames.headerLength(maxLength);
        if (end > 0 && end + header + maxLength > maxWriteBytes) {
            flush();
        }
        datagram = end + header;
        isLong |= datagram + maxLength > maxWriteBytes;
        if (datagram + maxLength > array.length) {
            array = Arrays.copyOf(array, Math.max(maxWriteBytes, datagram + maxLength));
        }
        return datagram;
    }

    @Override
    public void commit(int length) {
        if (length == 0) {
            return;
        }
        int place = end + frames.headerLength(length);
        if (place != datagram) { // shorter than reserved for: the header must be the minimal one
            System.arraycopy(array, datagram, array, place, length);
        }
        frames.seal(array, place, length, Frame.BINARY);
        end = place + length;
    }

    @Override
    public void trim() {
        if (!isLong && end == 0 && array.length > maxWriteBytes) {
            array = new byte[maxWriteBytes];
        }
        isLong = false;
    }

    @Override
    public void flush() {
        if (end > 0) {
            int count = end;
            end = 0;
            writer.write(array, 0, count);
        }
    }
}
