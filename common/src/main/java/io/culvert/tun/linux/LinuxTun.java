package io.culvert.tun.linux;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.libc.Errno;
import io.culvert.libc.Libc;
import io.culvert.libc.LibcException;
import io.culvert.libc.NativeBuffer;
import io.culvert.loop.EventLoop;
import io.culvert.tun.Tun;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A TUN device of Linux. Confined to the loop that owns it.
 *
 * <p>It is opened with virtio-net headers, so that one read or write moves a super-packet of up to
 * 64 KiB. A kernel that grants no offloads gives single packets behind a zero header.
 */
public final class LinuxTun implements Tun {
    private static final String CONTROL_DEVICE = "/dev/net/tun";
    private static final int HEADER = Packet.OFFLOAD_LENGTH;
    private static final int NEEDS_CSUM = 0x01;
    private static final int DATA_VALID = 0x02;

    /** Super-packets refused, with none ever accepted, until we stop offering them. */
    private static final int REFUSALS_TOLERATED = 8;

    /** Packets of an abandoned offload that one read skips at most, so that it comes to an end. */
    private static final int SKIPPED_AT_MOST = 64;

    private final int fd;

    /** Bytes of virtio-net header at the descriptor: {@link #HEADER}, or 0 (attached devices). */
    private final int headerLength;

    private final NativeBuffer inbound = NativeBuffer.allocate(HEADER + PacketPool.LARGE);
    private final NativeBuffer outbound = NativeBuffer.allocate(HEADER + PacketPool.LARGE);

    private String lastName;
    private Offloads offloads;
    private long superPacketsAccepted;
    private long superPacketsRefused;
    private int refusalsInRow;
    private boolean closed;

    private LinuxTun(int fd, String name, int headerLength, Offloads offloads) {
        this.fd = fd;
        this.lastName = name;
        this.headerLength = headerLength;
        this.offloads = offloads;
    }

    /** Makes the interface {@code name} with all offloads that the kernel has. */
    public static LinuxTun open(String name) throws IOException {
        return open(name, Offloads.wanted());
    }

    /**
     * Makes the interface {@code name}, or takes over a persistent one. It is down and has no
     * address. It goes away with {@link #close}.
     *
     * @param name 1 to 15 characters; {@code %d} in it becomes the first free number
     * @param wanted offloads to turn on where the kernel has them
     * @throws IOException with the remedy in words
     */
    public static LinuxTun open(String name, Offloads wanted) throws IOException {
        return open(CONTROL_DEVICE, name, wanted);
    }

    static LinuxTun open(String controlDevice, String name, Offloads wanted) throws IOException {
        int fd = TunControl.open(controlDevice);
        boolean success = false;
        try {
            TunControl.bind(fd, name);
            LinuxTun tun = attach(fd, wanted);
            success = true;
            return tun;
        } finally {
            if (!success) {
                Libc.close(fd);
            }
        }
    }

    /** Takes over a TUN device's descriptor that another program opened. */
    public static LinuxTun attach(int fd) throws IOException {
        return attach(fd, Offloads.wanted());
    }

    /**
     * Takes over a TUN device's descriptor that another program opened. On failure it stays the
     * caller's and open.
     *
     * @param wanted offloads to turn on where the kernel has them and the device was opened with
     *     virtio-net headers
     */
    public static LinuxTun attach(int fd, Offloads wanted) throws IOException {
        TunControl.Interface device;
        try {
            device = TunControl.describe(fd);
        } catch (LibcException e) {
            throw new IOException("descriptor " + fd + " is not a TUN device that is set up", e);
        }
        if (!device.has(TunControl.IFF_TUN) || !device.has(TunControl.IFF_NO_PI)) {
            throw new IOException(
                    "interface "
                            + device.name()
                            + ": must be a TUN device (not TAP), opened with IFF_NO_PI");
        }
        try {
            boolean hasHeader = device.has(TunControl.IFF_VNET_HDR);
            if (hasHeader) {
                TunControl.setHeader(fd, HEADER);
            }
            Offloads granted = TunControl.setOffloads(fd, hasHeader ? wanted : Offloads.NONE);
            Libc.setNonblocking(fd);
            return new LinuxTun(fd, device.name(), hasHeader ? HEADER : 0, granted);
        } catch (LibcException e) {
            throw new IOException("interface " + device.name() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String name() {
        if (!closed) {
            try {
                lastName = TunControl.describe(fd).name();
            } catch (LibcException ignored) {
                // The device is gone; the name it had says most. Reads and writes tell the rest.
            }
        }
        return lastName;
    }

    @Override
    public boolean hasOffloads() {
        return offloads != Offloads.NONE;
    }

    @Override
    public boolean hasUdpOffloads() {
        return offloads == Offloads.TCP_AND_UDP;
    }

    /** What the kernel granted and has not been turned off since. */
    public Offloads offloads() {
        return offloads;
    }

    /** Super-packets and partial checksums that the kernel did not take. */
    public long superPacketsRefused() {
        return superPacketsRefused;
    }

    /** The descriptor that turns readable when a packet waits. */
    public int fd() {
        return fd;
    }

    @Override
    public EventLoop.Registration watch(EventLoop loop, EventLoop.ReadyListener listener) {
        return loop.register(fd, listener);
    }

    @Override
    public @Nullable Packet read(PacketPool pool) throws IOException {
        requireOpen();
        for (int skipped = 0; skipped < SKIPPED_AT_MOST; skipped++) {
            int count = Libc.read(fd, inbound, 0, inbound.size());
            if (count < 0) {
                requirePresent(-count);
                return null;
            }
            if (count > headerLength && isExpected()) {
                return copied(pool, count - headerLength);
            }
        }
        return null;
    }

    /** Whether the packet just read may be handed on: no offload that was turned off. */
    private boolean isExpected() {
        if (headerLength == 0 || offloads != Offloads.NONE) {
            return true;
        }
        boolean partial = (inbound.bytes().get(0) & NEEDS_CSUM) != 0;
        boolean isSuper = inbound.bytes().get(1) != 0;
        return !partial && !isSuper;
    }

    private Packet copied(PacketPool pool, int length) {
        Packet packet = pool.lease(length);
        int offset = packet.offset();
        inbound.bytes().get(0, packet.array(), offset - headerLength, headerLength + length);
        if (headerLength != 0) {
            // "Checksum verified" is news for a local receiver, not for one across the tunnel.
            packet.array()[offset - HEADER] &= ~DATA_VALID;
        }
        packet.set(offset, length);
        return packet;
    }

    @Override
    public boolean write(byte[] array, int offset, int length) throws IOException {
        requireOpen();
        if (length <= 0 || length > PacketPool.LARGE) {
            return false;
        }
        boolean isPlain = hasZeroHeader(array, offset);
        if (!isPlain && offloads == Offloads.NONE) {
            superPacketsRefused++;
            return false;
        }
        int total = headerLength + length;
        outbound.bytes().put(0, array, offset - headerLength, total);
        int result = Libc.write(fd, outbound, 0, total);
        if (result < 0) {
            return refused(-result, isPlain);
        }
        if (!isPlain) {
            superPacketsAccepted++;
        }
        return true;
    }

    private static boolean hasZeroHeader(byte[] array, int offset) {
        int bits = 0;
        for (int i = offset - HEADER; i < offset; i++) {
            bits |= array[i];
        }
        return bits == 0;
    }

    /** The packet was not taken: finds out whether only the packet, its kind, or the device is. */
    private boolean refused(int errno, boolean isPlain) throws IOException {
        requirePresent(errno);
        if (isPlain) {
            // An interface that is down answers EIO to everything: no verdict on super-packets.
            refusalsInRow = 0;
        } else if (errno == Errno.EINVAL || errno == Errno.EIO) {
            superPacketsRefused++;
            refusalsInRow++;
            // One that was accepted shows that the kernel can: then it was the packet's own fault.
            if (superPacketsAccepted == 0 && refusalsInRow >= REFUSALS_TOLERATED) {
                offloads = TunControl.setOffloads(fd, Offloads.NONE);
            }
        }
        return false;
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("interface " + lastName + " is closed");
        }
    }

    private void requirePresent(int errno) throws IOException {
        if (errno == Errno.EBADFD || errno == Errno.ENODEV || errno == Errno.EBADF) {
            throw new IOException("interface " + lastName + " is gone");
        }
        if (errno == Errno.EIO) {
            // Down or gone? A device that is gone has no name.
            try {
                lastName = TunControl.describe(fd).name();
            } catch (LibcException gone) {
                throw new IOException("interface " + lastName + " is gone", gone);
            }
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Libc.close(fd);
        }
    }

    @Override
    public String toString() {
        return "LinuxTun[" + lastName + ", " + offloads + "]";
    }
}
