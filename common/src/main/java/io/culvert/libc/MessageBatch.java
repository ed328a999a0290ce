package io.culvert.libc;

import java.nio.ByteBuffer;

/**
 * Memory for {@value #SLOTS} datagrams with all that sendmmsg(2) and recvmmsg(2) tell of them.
 * Pages of slots that were never used take up no room. Confined to one thread.
 *
 * <pre>
 * SLOTS x struct mmsghdr 64        SLOTS x            192
 *   name             0               struct iovec      0   base, length
 *   name length      8               name             16   struct sockaddr
 *   iovec           16               control          48   struct cmsghdr …
 *   iovecs          24
 *   control         32             SLOTS x payload
 *   control length  40
 *   flags           48
 *   datagram length 56
 * </pre>
 */
final class MessageBatch implements AutoCloseable {
    /** Datagrams in one call. */
    static final int SLOTS = 64;

    /** The longest ancillary data: twice of what we ask for. */
    static final int CONTROL_SIZE = 128;

    private static final int MESSAGE_SIZE = 64;
    private static final int DETAIL_SIZE = 192;
    private static final int DETAILS = SLOTS * MESSAGE_SIZE;
    private static final int PAYLOADS = DETAILS + SLOTS * DETAIL_SIZE;

    /**
     * More than the longest datagram; and no power of two, by which all datagrams would begin in
     * the same few sets of the processor's cache.
     */
    private static final int PAYLOAD_STRIDE = 65 << 10;

    private final MappedMemory memory;

    MessageBatch() throws LibcException {
        this.memory = MappedMemory.allocate(PAYLOADS + SLOTS * PAYLOAD_STRIDE);
        for (int slot = 0; slot < SLOTS; slot++) {
            int message = slot * MESSAGE_SIZE;
            int detail = DETAILS + slot * DETAIL_SIZE;
            bytes().putLong(message, memory.address(name(slot)))
                    .putLong(message + 16, memory.address(detail))
                    .putLong(message + 24, 1)
                    .putLong(message + 32, memory.address(control(slot)))
                    .putLong(detail, memory.address(payload(slot)));
        }
    }

    ByteBuffer bytes() {
        return memory.bytes();
    }

    /** Where the headers from this slot on stand, for the system call. */
    long address(int slot) {
        return memory.address(slot * MESSAGE_SIZE);
    }

    /** Where the slot's socket address is. */
    static int name(int slot) {
        return DETAILS + slot * DETAIL_SIZE + 16;
    }

    /** Where the slot's ancillary data is. */
    static int control(int slot) {
        return DETAILS + slot * DETAIL_SIZE + 48;
    }

    /** Where the slot's datagram is. */
    static int payload(int slot) {
        return PAYLOADS + slot * PAYLOAD_STRIDE;
    }

    /** Says how long the parts of a slot are, or may become. */
    void arm(int slot, int nameSize, int controlSize, int payloadSize) {
        int message = slot * MESSAGE_SIZE;
        bytes().putInt(message + 8, nameSize)
                .putLong(message + 40, controlSize)
                .putInt(message + 48, 0)
                .putLong(DETAILS + slot * DETAIL_SIZE + 8, payloadSize);
    }

    /** Changes how long the slot's payload is. */
    void payloadLength(int slot, int length) {
        bytes().putLong(DETAILS + slot * DETAIL_SIZE + 8, length);
    }

    /** Makes a part of the slot's payload all that is sent of it. */
    void window(int slot, int offset, int length) {
        bytes().putLong(DETAILS + slot * DETAIL_SIZE, memory.address(payload(slot) + offset));
        payloadLength(slot, length);
    }

    /** Changes how long the slot's ancillary data is. */
    void controlLength(int slot, int length) {
        bytes().putLong(slot * MESSAGE_SIZE + 40, length);
    }

    /** How long the slot's ancillary data is. */
    int controlLength(int slot) {
        return (int) Math.min(bytes().getLong(slot * MESSAGE_SIZE + 40), CONTROL_SIZE);
    }

    /** How long the datagram in the slot is, after receiving. */
    int length(int slot) {
        return bytes().getInt(slot * MESSAGE_SIZE + 56);
    }

    @Override
    public void close() {
        memory.close();
    }
}
