package io.culvert.carrier;

import io.culvert.bytes.BigEndian;

/**
 * Builds and writes what a carrier says besides datagrams, each in a small frame of its own, and
 * remembers the newest ping of either kind that is to be answered. Confined to the carrier.
 */
final class Controls {
    private static final int START = 2 + Frame.KEY_LENGTH; // every frame here is a short one

    private final FrameWriter frames;
    private final Outbox.Writer writer;
    private final byte[] array = new byte[START + Frame.MAX_7];

    // answers owed; one of each kind, so that a flood of pings makes nothing grow
    private final byte[] pong = new byte[Frame.MAX_7];
    private int pongLength;
    private boolean owesPong;
    private long pongSequence;
    private boolean owesPongCapsule;

    Controls(FrameWriter frames, Outbox.Writer writer) {
        this.frames = frames;
        this.writer = writer;
    }

    /** Writes a WebSocket ping whose payload is {@code sequence}. */
    void ping(long sequence) {
        BigEndian.putLong(array, START, sequence);
        write(Long.BYTES, Frame.PING);
    }

    /** Writes a PING capsule. */
    void pingCapsule(long sequence) {
        writeMessage(Capsule.putSequence(array, START, Capsule.PING, sequence));
    }

    /** Writes a DRAIN capsule. */
    void drain(long afterMs) {
        writeMessage(Capsule.putDrain(array, START, afterMs));
    }

    /** Writes a close frame. */
    void close(int code) {
        BigEndian.putShort(array, START, code);
        write(Short.BYTES, Frame.CLOSE);
    }

    /** Remembers a WebSocket ping; only the newest is answered (RFC 6455 §5.5.3). */
    void owePong(byte[] payload, int length) {
        System.arraycopy(payload, 0, pong, 0, length);
        pongLength = length;
        owesPong = true;
    }

    /** Remembers a PING capsule; only the newest is answered. */
    void owePongCapsule(long sequence) {
        pongSequence = sequence;
        owesPongCapsule = true;
    }

    boolean owesAnswers() {
        return owesPong || owesPongCapsule;
    }

    /** Writes the answers owed. */
    void answer() {
        if (owesPong) {
            owesPong = false;
            System.arraycopy(pong, 0, array, START, pongLength);
            write(pongLength, Frame.PONG);
        }
        if (owesPongCapsule) {
            owesPongCapsule = false;
            writeMessage(Capsule.putSequence(array, START, Capsule.PONG, pongSequence));
        }
    }

    private void writeMessage(int end) {
        write(end - START, Frame.BINARY);
    }

    private void write(int length, int opcode) {
        int start = frames.seal(array, START, length, opcode);
        writer.write(array, start, START + length - start);
    }
}
