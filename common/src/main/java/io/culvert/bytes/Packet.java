package io.culvert.bytes;

import org.jspecify.annotations.Nullable;

/**
 * A packet in a byte array, with {@value #HEADROOM} bytes free before it and {@value #TAILROOM}
 * after it when leased. Confined to one thread at a time; whoever holds it releases it once.
 *
 * <p>Headroom carries what travels with a packet: the inside puts its virtio-net header into the
 * {@value #OFFLOAD_LENGTH} bytes right before {@link #offset()}.
 */
public final class Packet {
    /** Bytes free before the packet when leased: transport header, capsule and frame headers. */
    public static final int HEADROOM = 64;

    /** Bytes free after the packet when leased: padding and authentication tag. */
    public static final int TAILROOM = 64;

    /** Length of the virtio-net header that stands right before the packet. */
    public static final int OFFLOAD_LENGTH = 10;

    private final byte[] array;
    private final @Nullable PacketPool pool;
    private int offset = HEADROOM;
    private int length;
    private boolean leased;

    Packet(int capacity, @Nullable PacketPool pool) {
        this.array = new byte[HEADROOM + capacity + TAILROOM];
        this.pool = pool;
    }

    /** A packet outside of any pool, holding a copy of {@code content}. */
    public static Packet copyOf(byte[] content) {
        Packet packet = new Packet(content.length, null);
        System.arraycopy(content, 0, packet.array, HEADROOM, content.length);
        packet.length = content.length;
        return packet;
    }

    /** The array that holds the packet, borrowed until release. */
    public byte[] array() {
        return array;
    }

    /** Where the packet begins in {@link #array()}. */
    public int offset() {
        return offset;
    }

    /** The packet's length in bytes. */
    public int length() {
        return length;
    }

    /** Bytes that fit between {@link #HEADROOM} and {@link #TAILROOM}. */
    public int capacity() {
        return array.length - HEADROOM - TAILROOM;
    }

    /** Moves the packet's bounds. */
    public void set(int newOffset, int newLength) {
        if (newOffset < 0 || newLength < 0 || newOffset + newLength > array.length) {
            throw new IllegalStateException(newOffset + "+" + newLength + " of " + array.length);
        }
        offset = newOffset;
        length = newLength;
    }

    /** A copy of the packet's bytes. */
    public byte[] toBytes() {
        return java.util.Arrays.copyOfRange(array, offset, offset + length);
    }

    /** Gives the packet back to its pool. */
    public void release() {
        if (pool != null) {
            if (!leased) {
                throw new IllegalStateException("packet released twice");
            }
            leased = false;
            pool.takeBack(this);
        }
    }

    void lease() {
        offset = HEADROOM;
        length = 0;
        leased = true;
        java.util.Arrays.fill(array, HEADROOM - OFFLOAD_LENGTH, HEADROOM, (byte) 0);
    }
}
