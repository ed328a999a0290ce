package io.culvert.carrier;

/** The outbox of {@code culvert.1}: one message, its datagrams one capsule each. Confined. */
final class CapsuleOutbox implements Outbox {
    private static final int START = Frame.MAX_HEADER; // payload begins here, its header before

    private final FrameWriter frames;
    private final Writer writer;
    private int maxFrameBytes;

    /** How much is gathered in one frame, if that is less. */
    private int gatheredBytes = Integer.MAX_VALUE;

    private final OutboxRoom room;
    private int end = START;
    private int datagram;
    private int header;

    /** An outbox whose first flush begins with HELLO. */
    CapsuleOutbox(FrameWriter frames, Writer writer, int maxFrameBytes, Hello hello) {
        this.frames = frames;
        this.writer = writer;
        this.maxFrameBytes = maxFrameBytes;
        this.room = new OutboxRoom(START + maxFrameBytes);
        room.require(START + Capsule.MAX_CONTROL);
        this.end = Capsule.putHello(room.array(), START, hello);
    }

    /** Gathers no longer messages than the other side takes. */
    void limit(int maxMessageBytes) {
        maxFrameBytes = Math.min(maxFrameBytes, maxMessageBytes);
    }

    @Override
    public void gather(int bytes) {
        gatheredBytes = bytes;
    }

    @Override
    public byte[] array() {
        return room.array();
    }

    @Override
    public int reserve(int maxLength) {
        int capsule = Capsule.datagramHeader(maxLength);
        int message = end - START + capsule + maxLength;
        int most = Math.min(maxFrameBytes, gatheredBytes);
        if (end > START && message + frames.headerLength(message) > most) {
            flush();
        }
        header = capsule; // only now: a flush may lead back here
        datagram = end + header;
        room.require(datagram + maxLength);
        return datagram;
    }

    @Override
    public void commit(int length) {
        if (length > 0) {
            Capsule.putDatagramHeader(room.array(), datagram, length, header);
            end = datagram + length;
        }
    }

    @Override
    public void ping(long sequence) {
        if (end - START + Capsule.PING_LENGTH + Frame.MAX_HEADER > maxFrameBytes) {
            flush();
        }
        room.require(end + Capsule.PING_LENGTH);
        end = Capsule.putSequence(room.array(), end, Capsule.PING, sequence);
    }

    @Override
    public void trim() {
        if (end == START) {
            room.trim();
        }
    }

    @Override
    public void flush() {
        if (end > START) {
            byte[] array = room.array();
            int start = frames.seal(array, START, end - START, Frame.BINARY);
            int count = end - start;
            end = START;
            writer.write(array, start, count);
        }
    }
}
