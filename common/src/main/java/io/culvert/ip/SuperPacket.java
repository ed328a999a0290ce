package io.culvert.ip;

/**
 * Layout of a super-packet within a transport message between two Culverts: a mark that no IP
 * packet begins with, then the virtio-net header, then the packet.
 *
 * <pre>
 *  0      1      2                     12
 * +------+------+---------------------+-----------------+
 * | 0x10 |  0   | virtio-net header   | packet          |
 * +------+------+---------------------+-----------------+
 * </pre>
 *
 * <p>The virtio-net header ends where the packet begins, so that it is read from and written to the
 * inside in place. Whoever does not know the mark drops it as no IP packet. Thread-safe
 * (stateless).
 */
public final class SuperPacket {
    /** Bytes before the packet. */
    public static final int HEADER = 2 + VirtioHeader.LENGTH;

    private static final int MARK = 0x10;

    private SuperPacket() {}

    /** Whether the plaintext at {@code offset} is a super-packet's and not an IP packet's. */
    public static boolean isAt(byte[] array, int offset) {
        return array[offset] == MARK;
    }

    /** Whether the packet stands behind a virtio-net header that makes it more than one. */
    public static boolean isSuper(byte[] array, int packet) {
        return VirtioHeader.gsoType(array, packet) != VirtioHeader.GSO_NONE;
    }

    /**
     * Puts the mark, and the virtio-net header of the packet at {@code packet}, before a packet.
     */
    public static void mark(byte[] from, int packet, byte[] array, int offset) {
        array[offset] = MARK;
        array[offset + 1] = 0;
        System.arraycopy(
                from, packet - VirtioHeader.LENGTH, array, offset + 2, VirtioHeader.LENGTH);
    }
}
