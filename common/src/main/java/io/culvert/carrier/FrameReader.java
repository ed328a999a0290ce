package io.culvert.carrier;

import io.culvert.bytes.BigEndian;
import java.util.Arrays;

/**
 * Takes a byte stream, split anywhere, apart into WebSocket messages (RFC 6455 §5). Confined to the
 * carrier.
 *
 * <p>A message that lies whole in the bytes read is told in place. Any other is collected in one
 * reused array that grows with the bytes that came, never with the length that was announced.
 */
final class FrameReader {
    /** More fragments than any honest intermediary makes of one message. */
    static final int MOST_FRAGMENTS = 64;

    private static final int FIRST_CAPACITY = 4096;

    private static final byte[] NOTHING = {};

    private final boolean wantsMasked;
    private final int maxMessageBytes;
    private final Sink sink;

    // the header of the frame at hand
    private final byte[] header = new byte[Frame.MAX_HEADER];
    private int headerHave;
    private int headerNeed = 2;

    // the payload of the frame at hand, once its header is whole
    private int opcode;
    private boolean last;
    private int length;
    private int position;
    private int key;

    // the message at hand: its payload as far as it was collected
    private byte[] message = NOTHING;
    private int messageLength;
    private int fragments;

    /** Whether a message was collected since the last trim. */
    private boolean isBusy;

    private final byte[] control = new byte[Frame.MAX_7];

    FrameReader(boolean wantsMasked, int maxMessageBytes, Sink sink) {
        this.wantsMasked = wantsMasked;
        this.maxMessageBytes = maxMessageBytes;
        this.sink = sink;
    }

    /**
     * Reads all that is given, or as far as the sink wants.
     *
     * @return 0, or the close code of the fault; nothing is read after one
     */
    int read(byte[] array, int offset, int count) {
        int end = offset + count;
        int at = offset;
        while (at < end && sink.isReading()) {
            if (headerHave < headerNeed) {
                header[headerHave++] = array[at++];
                int fault = headerHave < headerNeed ? 0 : headerPart();
                if (fault != 0) {
                    return fault;
                }
                if (headerHave < headerNeed || length != 0) {
                    continue;
                }
            }
            at +=
                    Frame.isControl(opcode)
                            ? controlPart(array, at, end - at)
                            : dataPart(array, at, end - at);
        }
        return 0;
    }

    /** How many bytes of a message at hand are held at most without growing. */
    int capacity() {
        return message.length;
    }

    /** Now and then: gives back the room for messages in parts where none came for a while. */
    void trim() {
        boolean isCollecting = fragments > 0 || messageLength > 0;
        if (!isBusy && !isCollecting) {
            message = NOTHING;
        }
        isBusy = false;
    }

    /** Called twice a frame: when its first two bytes are there, and when its header is whole. */
    private int headerPart() {
        if (headerNeed > 2) {
            return wholeHeader();
        }
        int fault = checkFirstByte(header[0] & 0xff);
        int lengthField = header[1] & Frame.LENGTH;
        if (fault != 0) {
            return fault;
        }
        boolean masked = (header[1] & Frame.MASK) != 0;
        if (masked != wantsMasked || (Frame.isControl(opcode) && lengthField > Frame.MAX_7)) {
            return CloseCode.PROTOCOL_ERROR;
        }
        headerNeed = 2 + (wantsMasked ? Frame.KEY_LENGTH : 0);
        if (lengthField > Frame.MAX_7) {
            headerNeed += lengthField == Frame.IN_16 ? 2 : 8;
        }
        return headerNeed == 2 ? wholeHeader() : 0;
    }

    private int checkFirstByte(int first) {
        opcode = first & Frame.OPCODE;
        last = (first & Frame.FIN) != 0;
        if ((first & Frame.RESERVED) != 0) {
            return CloseCode.PROTOCOL_ERROR; // no extension is ever negotiated
        }
        return switch (opcode) {
            case Frame.BINARY -> fragments == 0 ? 0 : CloseCode.PROTOCOL_ERROR;
            case Frame.CONTINUATION -> checkContinuation();
            case Frame.TEXT -> CloseCode.UNSUPPORTED;
            case Frame.CLOSE, Frame.PING, Frame.PONG -> last ? 0 : CloseCode.PROTOCOL_ERROR;
            default -> CloseCode.PROTOCOL_ERROR;
        };
    }

    private int checkContinuation() {
        if (fragments == 0) {
            return CloseCode.PROTOCOL_ERROR;
        }
        return fragments < MOST_FRAGMENTS ? 0 : CloseCode.TOO_BIG;
    }

    private int wholeHeader() {
        int field = header[1] & Frame.LENGTH;
        long announced = field;
        if (field == Frame.IN_16) {
            announced = BigEndian.getShort(header, 2);
        } else if (field == Frame.IN_64) {
            announced = BigEndian.getLong(header, 2);
        }
        boolean minimal = field == Frame.IN_16 ? announced > Frame.MAX_7 : announced > Frame.MAX_16;
        if (announced < 0 || (field > Frame.MAX_7 && !minimal)) {
            return CloseCode.PROTOCOL_ERROR;
        }
        if (!Frame.isControl(opcode) && announced > maxMessageBytes - messageLength) {
            return CloseCode.TOO_BIG;
        }
        key = wantsMasked ? BigEndian.getInt(header, headerNeed - Frame.KEY_LENGTH) : 0;
        length = (int) announced;
        position = 0;
        return 0;
    }

    /** Takes payload of a data frame; returns how many bytes. */
    private int dataPart(byte[] array, int at, int available) {
        if (last && fragments == 0 && position == 0 && available >= length) {
            unmask(array, at, length);
            int taken = length;
            nextFrame();
            sink.onMessage(array, at, taken);
            return taken;
        }
        int count = Math.min(available, length - position);
        makeRoom(messageLength + count);
        System.arraycopy(array, at, message, messageLength, count);
        unmask(message, messageLength, count);
        messageLength += count;
        position += count;
        if (position == length) {
            endDataFrame();
        }
        return count;
    }

    private void endDataFrame() {
        nextFrame();
        if (!last) {
            fragments++;
            return;
        }
        int whole = messageLength;
        fragments = 0;
        messageLength = 0;
        isBusy = true;
        sink.onMessage(message, 0, whole);
    }

    /** Takes payload of a control frame; returns how many bytes. */
    private int controlPart(byte[] array, int at, int available) {
        int count = Math.min(available, length - position);
        System.arraycopy(array, at, control, position, count);
        unmask(control, position, count);
        position += count;
        if (position == length) {
            nextFrame();
            sink.onControl(opcode, control, length);
        }
        return count;
    }

    private void nextFrame() {
        headerHave = 0;
        headerNeed = 2;
    }

    private void unmask(byte[] array, int offset, int count) {
        if (wantsMasked) {
            Masking.apply(array, offset, count, key, position);
        }
    }

    private void makeRoom(int needed) {
        if (needed > message.length) {
            int roomy = Math.max(FIRST_CAPACITY, Math.max(needed, 2 * message.length));
            message = Arrays.copyOf(message, Math.min(roomy, maxMessageBytes));
        }
    }

    /** What is told of a stream's frames. */
    interface Sink {
        /** Whether to read on. */
        boolean isReading();

        /** A whole binary message, unmasked; borrowed, may be overwritten. */
        void onMessage(byte[] array, int offset, int length);

        /** A control frame's payload, from offset 0; borrowed. */
        void onControl(int opcode, byte[] array, int length);
    }
}
