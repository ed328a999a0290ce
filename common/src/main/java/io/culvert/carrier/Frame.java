package io.culvert.carrier;

/**
 * Layout of a WebSocket frame's header (RFC 6455 §5.2).
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-------+-+-------------+-------------------------------+
 * |F|R|R|R| opcode|M| length      | 126: length in 16 bits        |
 * |I|S|S|S|       |A| 0..125, or  | 127: length in 64 bits        |
 * |N|V|V|V|       |S| 126 or 127  |                               |
 * | |1|2|3|       |K|             |                               |
 * +-+-+-+-+-------+-+-------------+-------------------------------+
 * | masking key, 32 bits, if MASK is set                          |
 * +---------------------------------------------------------------+
 * </pre>
 */
final class Frame {
    static final int FIN = 0x80;
    static final int RESERVED = 0x70;
    static final int OPCODE = 0x0f;
    static final int MASK = 0x80;
    static final int LENGTH = 0x7f;

    static final int CONTINUATION = 0x0;
    static final int TEXT = 0x1;
    static final int BINARY = 0x2;
    static final int CLOSE = 0x8;
    static final int PING = 0x9;
    static final int PONG = 0xa;

    /** Longest payload whose length stands in the second byte; of any control frame too. */
    static final int MAX_7 = 125;

    /** In the second byte: the length follows in 16 bits. */
    static final int IN_16 = 126;

    /** In the second byte: the length follows in 64 bits. */
    static final int IN_64 = 127;

    /** Longest payload whose length stands in 16 bits. */
    static final int MAX_16 = 0xffff;

    static final int KEY_LENGTH = 4;

    /** Longest header there is. */
    static final int MAX_HEADER = 14;

    private Frame() {}

    /** Whether the opcode is one of a control frame (§5.5). */
    static boolean isControl(int opcode) {
        return (opcode & 0x8) != 0;
    }

    /** How long the header before a payload of that length is. */
    static int headerLength(int payloadLength, boolean masked) {
        int key = masked ? KEY_LENGTH : 0;
        if (payloadLength <= MAX_7) {
            return 2 + key;
        }
        return (payloadLength <= MAX_16 ? 4 : 10) + key;
    }
}
