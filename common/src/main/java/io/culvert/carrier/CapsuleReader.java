package io.culvert.carrier;

import io.culvert.bytes.BigEndian;
import java.util.UUID;

/**
 * Takes a message apart into capsules. Keeps nothing but whether the other side introduced itself.
 * Confined to the carrier.
 */
final class CapsuleReader {
    /** Every receiver takes messages of this length; a HELLO that says less is malformed. */
    static final int LEAST_MESSAGE_BYTES = 4096;

    private static final long MOST_DRAIN_MS = 3_600_000;

    private final Sink sink;
    private boolean introduced;

    CapsuleReader(Sink sink) {
        this.sink = sink;
    }

    /** Reads one whole message; whether it was well-formed. What stood before a fault was told. */
    boolean read(byte[] array, int offset, int length) {
        int end = offset + length;
        int at = offset;
        while (at < end && sink.isReading()) {
            long type = VarInt.get(array, at, end);
            if (type < 0) {
                return false;
            }
            at += VarInt.lengthAt(array, at);
            long valueLength = VarInt.get(array, at, end);
            if (valueLength < 0) {
                return false;
            }
            at += VarInt.lengthAt(array, at);
            if (valueLength > end - at || !readCapsule(type, array, at, (int) valueLength)) {
                return false;
            }
            at += (int) valueLength;
        }
        return true;
    }

    private boolean readCapsule(long type, byte[] array, int offset, int length) {
        if (type == Capsule.DATAGRAM) {
            return readDatagram(array, offset, length);
        }
        if (type == Capsule.PING || type == Capsule.PONG) {
            return readSequence(type == Capsule.PING, array, offset, length);
        }
        if (type == Capsule.HELLO) {
            return readHello(array, offset, offset + length);
        }
        if (type == Capsule.DRAIN) {
            return readDrain(array, offset, offset + length);
        }
        return true; // PADDING, and what later versions may bring
    }

    private boolean readDatagram(byte[] array, int offset, int length) {
        if (introduced && length > 0) {
            sink.onDatagram(array, offset, length);
        } else {
            sink.onStrayDatagram();
        }
        return true;
    }

    private boolean readSequence(boolean ping, byte[] array, int offset, int length) {
        if (length < Capsule.SEQUENCE_LENGTH) {
            return false;
        }
        long sequence = BigEndian.getLong(array, offset);
        if (ping) {
            sink.onPing(sequence);
        } else {
            sink.onPong(sequence);
        }
        return true;
    }

    private boolean readDrain(byte[] array, int offset, int end) {
        long afterMs = VarInt.get(array, offset, end);
        if (afterMs < 0) {
            return false;
        }
        sink.onDrain(Math.min(afterMs, MOST_DRAIN_MS));
        return true;
    }

    private boolean readHello(byte[] array, int offset, int end) {
        long version = VarInt.get(array, offset, end);
        if (introduced || version < 1 || version > Integer.MAX_VALUE) {
            return false;
        }
        int at = offset + VarInt.lengthAt(array, offset);
        if (end - at < Capsule.INSTANCE_LENGTH) {
            return false;
        }
        UUID instance = new UUID(BigEndian.getLong(array, at), BigEndian.getLong(array, at + 8));
        at += Capsule.INSTANCE_LENGTH;
        long features = VarInt.get(array, at, end);
        if (features < 0) {
            return false;
        }
        at += VarInt.lengthAt(array, at);
        long most = VarInt.get(array, at, end);
        if (most < LEAST_MESSAGE_BYTES) {
            return false;
        }
        at += VarInt.lengthAt(array, at);
        long lane = at < end ? VarInt.get(array, at, end) : 0;
        if (lane < 0) {
            return false;
        }
        introduced = true;
        int mostBytes = (int) Math.min(most, Integer.MAX_VALUE);
        int laneNumber = (int) Math.min(lane, Integer.MAX_VALUE);
        sink.onHello(new Hello((int) version, instance, features, mostBytes, laneNumber));
        return true;
    }

    /** What is told of a message's capsules. */
    interface Sink {
        /** Whether to read on. */
        boolean isReading();

        /** A datagram; borrowed, may be overwritten. */
        void onDatagram(byte[] array, int offset, int length);

        /** A datagram that is dropped: empty, or before HELLO. */
        void onStrayDatagram();

        /** The other side introduced itself; told at most once. */
        void onHello(Hello hello);

        /** The other side goes away in {@code afterMs}. */
        void onDrain(long afterMs);

        /** The other side wants {@code sequence} back. */
        void onPing(long sequence);

        /** The other side has read the PING {@code sequence}. */
        void onPong(long sequence);
    }
}
