package io.culvert.tun;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.loop.EventLoop;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The inside of the tunnel: a device that IP packets are read from and written to.
 *
 * <p>Confined to the loop that owns it. Neither call blocks. Each packet carries a virtio-net
 * header (VIRTIO 1.2 §5.1.6) in the {@link Packet#OFFLOAD_LENGTH} bytes right before its first
 * byte; where the device has no offloads that header is all zero when read, and a packet with any
 * other header must not be written.
 */
public interface Tun extends AutoCloseable {
    /** The interface's name, as the OS knows it now. */
    String name();

    /** Whether super-packets and partial checksums may be read and written. */
    boolean hasOffloads();

    /** Whether those may be of UDP too. */
    boolean hasUdpOffloads();

    /**
     * Tells the listener, on the loop, while a packet waits; to be called once. The bond's interest
     * in readability may be given up and taken again.
     */
    EventLoop.Registration watch(EventLoop loop, EventLoop.ReadyListener listener);

    /**
     * The next packet, leased from {@code pool} and now the caller's; null when none waits.
     *
     * @throws IOException when the device is gone; nothing can be read or written any more
     */
    @Nullable Packet read(PacketPool pool) throws IOException;

    /**
     * Writes the IP packet at {@code array[offset, offset + length)} with the virtio-net header
     * before it. The array is borrowed until return.
     *
     * @return false when the device refused this one packet (full queue, or not a valid packet)
     * @throws IOException when the device is gone
     */
    boolean write(byte[] array, int offset, int length) throws IOException;

    /** Closes the device; a second call does nothing. */
    @Override
    void close();
}
