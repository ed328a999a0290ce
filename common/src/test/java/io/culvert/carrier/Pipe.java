package io.culvert.carrier;

import java.io.ByteArrayOutputStream;

/** A byte stream that keeps what was written until a test takes it. */
final class Pipe implements ByteStream {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    boolean writable = true;
    boolean closed;
    int writes;

    @Override
    public boolean isWritable() {
        return writable;
    }

    @Override
    public void write(byte[] array, int offset, int length) {
        writes++;
        written.write(array, offset, length);
    }

    @Override
    public void close() {
        closed = true;
    }

    int size() {
        return written.size();
    }

    /** What was written since the last call. */
    byte[] take() {
        byte[] bytes = written.toByteArray();
        written.reset();
        return bytes;
    }
}
