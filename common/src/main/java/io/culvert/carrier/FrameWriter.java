package io.culvert.carrier;

import io.culvert.bytes.BigEndian;
import java.util.random.RandomGenerator;

/**
 * Puts frame headers in front of payloads, and masks payloads where this side is the client.
 * Confined to the carrier.
 */
final class FrameWriter {
    private final boolean masking;
    private final RandomGenerator random;

    FrameWriter(WebSocketCarrier.Role role, RandomGenerator random) {
        this.masking = role == WebSocketCarrier.Role.CLIENT;
        this.random = random;
    }

    /** How many bytes {@link #seal} writes before a payload of that length. */
    int headerLength(int payloadLength) {
        return Frame.headerLength(payloadLength, masking);
    }

    /**
     * Makes an unfragmented frame of the payload at {@code offset}: writes the header right before
     * it and masks it in place.
     *
     * @return where the frame begins
     */
    int seal(byte[] array, int offset, int length, int opcode) {
        int start = offset - headerLength(length);
        int masked = masking ? Frame.MASK : 0;
        array[start] = (byte) (Frame.FIN | opcode);
        if (length <= Frame.MAX_7) {
            array[start + 1] = (byte) (masked | length);
        } else if (length <= Frame.MAX_16) {
            array[start + 1] = (byte) (masked | Frame.IN_16);
            BigEndian.putShort(array, start + 2, length);
        } else {
            array[start + 1] = (byte) (masked | Frame.IN_64);
            BigEndian.putLong(array, start + 2, length);
        }
        if (masking) {
            int key = random.nextInt();
            BigEndian.putInt(array, offset - Frame.KEY_LENGTH, key);
            Masking.apply(array, offset, length, key, 0);
        }
        return start;
    }
}
