package io.culvert.libc;

import com.sun.jna.Native;
import java.nio.ByteBuffer;

/**
 * Datagrams that leave a {@link UdpDescriptor} in one call, each with its own destination, source
 * and traffic class. Confined to one thread; nothing is allocated per datagram.
 *
 * <p>They stand in slots. Where the kernel can cut one buffer into datagrams (UDP_SEGMENT, udp(7)),
 * datagrams that follow each other on the same way share a slot, as long as each is as long as the
 * first; a shorter one may be the last.
 */
public final class UdpOutbox {
    /** How many slots there are. */
    public static final int CAPACITY = MessageBatch.SLOTS;

    /** UDP_MAX_SEGMENTS of older kernels. */
    private static final int MOST_SEGMENTS = 64;

    /** What the kernel takes at once, for either family. */
    private static final int MOST_BYTES = 65_000;

    private final int fd;
    private final boolean isIpv4Only;
    private final MessageBatch batch;

    /** Longer datagrams do not share slots: a device or a path on the way has refused that. */
    private int longestSegment;

    /** Where each slot's ancillary data ends but for its source, which stands last. */
    private final int[] sourceless = new int[CAPACITY];

    /** Where each slot says how long its datagrams are. */
    private final int[] segmentField = new int[CAPACITY];

    /** How long each slot's datagrams are, but for the last. */
    private final int[] segmentSize = new int[CAPACITY];

    /** How long each slot's datagrams are together. */
    private final int[] length = new int[CAPACITY];

    private int count;

    // of the newest slot
    private UdpAddress lastRemote = UdpAddress.NONE;
    private UdpAddress lastSource = UdpAddress.NONE;
    private int lastClass;
    private int roomForSegments;

    UdpOutbox(int fd, boolean isIpv4Only, MessageBatch batch, boolean canSegment) {
        this.fd = fd;
        this.isIpv4Only = isIpv4Only;
        this.batch = batch;
        this.longestSegment = canSegment ? Integer.MAX_VALUE : 0;
    }

    /** How many slots are used. */
    public int count() {
        return count;
    }

    /**
     * Adds a copy of a datagram, where fewer than {@link #CAPACITY} slots are used.
     *
     * @param source the local address that it leaves from; {@link UdpAddress#NONE} for the kernel's
     *     choice
     * @param trafficClass DSCP and ECN of its IP header
     */
    public void add(
            byte[] array, int size, UdpAddress remote, UdpAddress source, int trafficClass) {
        if (count == CAPACITY) {
            throw new IllegalStateException("the batch is full");
        }
        if (canJoin(size)
                && trafficClass == lastClass
                && remote.equals(lastRemote)
                && source.equals(lastSource)) {
            join(array, size);
        } else {
            begin(array, size, remote, source, trafficClass);
        }
    }

    private boolean canJoin(int size) {
        int slot = count - 1;
        return roomForSegments > 0
                && size <= segmentSize[slot]
                && length[slot] + size <= MOST_BYTES;
    }

    private void join(byte[] array, int size) {
        int slot = count - 1;
        batch.bytes().put(MessageBatch.payload(slot) + length[slot], array, 0, size);
        length[slot] += size;
        batch.payloadLength(slot, length[slot]);
        batch.bytes().putShort(segmentField[slot], (short) segmentSize[slot]);
        roomForSegments = size < segmentSize[slot] ? 0 : roomForSegments - 1;
    }

    private void begin(
            byte[] array, int size, UdpAddress remote, UdpAddress source, int trafficClass) {
        int slot = count++;
        lastRemote = remote;
        lastSource = source;
        lastClass = trafficClass;
        roomForSegments = size > 0 && size <= longestSegment ? MOST_SEGMENTS - 1 : 0;
        ByteBuffer bytes = batch.bytes();
        bytes.put(MessageBatch.payload(slot), array, 0, size);
        length[slot] = size;
        segmentSize[slot] = size;
        int nameSize = SocketName.put(bytes, MessageBatch.name(slot), remote, isIpv4Only);
        int control = MessageBatch.control(slot);
        int end = putTrafficClass(bytes, control, remote, trafficClass);
        if (roomForSegments > 0) {
            segmentField[slot] = end + ControlMessage.HEADER_SIZE;
            bytes.putShort(segmentField[slot], (short) 0);
            end = put(bytes, end, ControlMessage.SOL_UDP, ControlMessage.UDP_SEGMENT, Short.BYTES);
        }
        sourceless[slot] = end - control;
        end = putSource(bytes, end, remote, source);
        batch.arm(slot, nameSize, end - control, size);
    }

    /**
     * For an IPv4 destination the kernel hears IPv4's option only, whatever the socket's family.
     */
    private static int putTrafficClass(
            ByteBuffer bytes, int at, UdpAddress remote, int trafficClass) {
        if (trafficClass == 0) {
            return at; // the socket's own
        }
        bytes.putInt(at + ControlMessage.HEADER_SIZE, trafficClass);
        return remote.isIpv4()
                ? put(bytes, at, ControlMessage.IPPROTO_IP, ControlMessage.IP_TOS, 4)
                : put(bytes, at, ControlMessage.IPPROTO_IPV6, ControlMessage.IPV6_TCLASS, 4);
    }

    /** The link is named only where the address means nothing without: routing is the kernel's. */
    private int putSource(ByteBuffer bytes, int at, UdpAddress remote, UdpAddress source) {
        if (source.high() == 0 && source.low() == 0) {
            return at;
        }
        int link = remote.isLinkLocal() ? source.link() : 0;
        int data = at + ControlMessage.HEADER_SIZE;
        if (isIpv4Only) {
            bytes.putInt(data, link).putInt(data + 8, 0);
            SocketName.putBigEndian(bytes, data + 4, (int) source.low());
            return put(bytes, at, ControlMessage.IPPROTO_IP, ControlMessage.IP_PKTINFO, 12);
        }
        SocketName.putBigEndian(bytes, data, source.high());
        SocketName.putBigEndian(bytes, data + 8, source.low());
        bytes.putInt(data + 16, link);
        return put(bytes, at, ControlMessage.IPPROTO_IPV6, ControlMessage.IPV6_PKTINFO, 20);
    }

    private static int put(ByteBuffer bytes, int at, int level, int type, int dataSize) {
        return ControlMessage.put(bytes, at, level, type, dataSize);
    }

    /**
     * Sends the slots from this one on.
     *
     * @return how many of them the kernel took, at least 1; or a negated error number, which
     *     concerns the first of them alone
     */
    public int send(int from) {
        return send(from, count - from);
    }

    private int send(int from, int slots) {
        int sent;
        do {
            sent = NativeCalls.sendmmsg(fd, batch.address(from), slots, 0);
        } while (sent < 0 && Libc.wasInterrupted());
        return sent < 0 ? -Native.getLastError() : sent;
    }

    /** How many datagrams stand in the slot. */
    public int datagrams(int slot) {
        return Math.max(1, Math.ceilDiv(length[slot], Math.max(1, segmentSize[slot])));
    }

    /**
     * Whether the kernel may have refused the slot only because several datagrams stand in it: they
     * are longer than the device takes at once (EINVAL, EMSGSIZE), or it computes no checksums
     * (EIO).
     *
     * @param error what {@link #send} answered for the slot, not negated
     */
    public boolean mayGoApart(int slot, int error) {
        return datagrams(slot) > 1
                && (error == Errno.EINVAL || error == Errno.EMSGSIZE || error == Errno.EIO);
    }

    /**
     * Sends the datagrams of a slot one by one. Where that goes, such ones do not share a slot any
     * more; where the first is refused as well, it is for another reason, and nothing was sent or
     * changed.
     *
     * @return how many of them the kernel took
     */
    public int sendApart(int slot, int error) {
        int size = segmentSize[slot];
        batch.bytes().putShort(segmentField[slot], (short) 0);
        int sent = 0;
        for (int at = 0; at < length[slot] && (at == 0 || sent > 0); at += size) {
            batch.window(slot, at, Math.min(size, length[slot] - at));
            sent += Math.max(0, send(slot, 1));
        }
        batch.window(slot, 0, length[slot]);
        if (sent > 0) {
            longestSegment = error == Errno.EIO ? 0 : Math.min(longestSegment, size - 1);
        } else {
            batch.bytes().putShort(segmentField[slot], (short) size);
        }
        return sent;
    }

    /** Whether the slot's datagrams are to leave from a certain address. */
    public boolean hasSource(int slot) {
        return batch.controlLength(slot) > sourceless[slot];
    }

    /** Lets the kernel choose the address that the slot's datagrams leave from. */
    public void forgetSource(int slot) {
        batch.controlLength(slot, sourceless[slot]);
    }

    /** Forgets all that waits. */
    public void clear() {
        count = 0;
        roomForSegments = 0;
    }
}
