package io.culvert.carrier;

/** The outbox of bare carriers: one frame a datagram, several frames a write. Confined. */
final class BareOutbox implements Outbox {
    private final FrameWriter frames;
    private final Writer writer;
    private final int maxWriteBytes;
    private final OutboxRoom room;
    private int end;
    private int datagram;

    BareOutbox(FrameWriter frames, Writer writer, int maxWriteBytes) {
        this.frames = frames;
        this.writer = writer;
        this.maxWriteBytes = maxWriteBytes;
        this.room = new OutboxRoom(maxWriteBytes);
    }

    @Override
    public byte[] array() {
        return room.array();
    }

    @Override
    public int reserve(int maxLength) {
        int header = frames.headerLength(maxLength);
        if (end > 0 && end + header + maxLength > maxWriteBytes) {
            flush();
        }
        datagram = end + header;
        room.require(datagram + maxLength);
        return datagram;
    }

    @Override
    public void commit(int length) {
        if (length == 0) {
            return;
        }
        byte[] array = room.array();
        int place = end + frames.headerLength(length);
        if (place != datagram) { // shorter than reserved for: the header must be the minimal one
            System.arraycopy(array, datagram, array, place, length);
        }
        frames.seal(array, place, length, Frame.BINARY);
        end = place + length;
    }

    @Override
    public void trim() {
        if (end == 0) {
            room.trim();
        }
    }

    @Override
    public void flush() {
        if (end > 0) {
            int count = end;
            end = 0;
            writer.write(room.array(), 0, count);
        }
    }
}
