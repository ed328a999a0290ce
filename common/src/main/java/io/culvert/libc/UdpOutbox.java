package io.culvert.libc;

import com.sun.jna.Native;
import java.nio.ByteBuffer;

/**
 * Datagrams that leave a {@link UdpDescriptor} in one call, each with its own destination, source
 * and traffic class. Confined to one thread; nothing is allocated per datagram.
 */
public final class UdpOutbox {
    /** How many datagrams wait at most. */
    public static final int CAPACITY = MessageBatch.SLOTS;

    private final int fd;
    private final boolean isIpv4Only;
    private final MessageBatch batch;

    /** Where each slot's ancillary data ends but for its source, which stands last. */
    private final int[] sourceless = new int[CAPACITY];

    private int count;

    UdpOutbox(int fd, boolean isIpv4Only, MessageBatch batch) {
        this.fd = fd;
        this.isIpv4Only = isIpv4Only;
        this.batch = batch;
    }

    /** How many datagrams wait. */
    public int count() {
        return count;
    }

    /**
     * Adds a copy of a datagram, where fewer than {@link #CAPACITY} wait.
     *
     * @param source the local address that it leaves from; {@link UdpAddress#NONE} for the kernel's
     *     choice
     * @param trafficClass DSCP and ECN of its IP header
     */
    public void add(
            byte[] array, int length, UdpAddress remote, UdpAddress source, int trafficClass) {
        if (count == CAPACITY) {
            throw new IllegalStateException("the batch is full");
        }
        int slot = count++;
        ByteBuffer bytes = batch.bytes();
        bytes.put(MessageBatch.payload(slot), array, 0, length);
        int nameSize = SocketName.put(bytes, MessageBatch.name(slot), remote, isIpv4Only);
        int control = MessageBatch.control(slot);
        int end = putTrafficClass(bytes, control, remote, trafficClass);
        sourceless[slot] = end - control;
        end = putSource(bytes, end, remote, source);
        batch.arm(slot, nameSize, end - control, length);
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
     * Sends the datagrams from this one on.
     *
     * @return how many of them the kernel took, at least 1; or a negated error number, which
     *     concerns the first of them alone
     */
    public int send(int from) {
        int sent;
        do {
            sent = NativeCalls.sendmmsg(fd, batch.address(from), count - from, 0);
        } while (sent < 0 && Libc.wasInterrupted());
        return sent < 0 ? -Native.getLastError() : sent;
    }

    /** Whether the datagram is to leave from a certain address. */
    public boolean hasSource(int slot) {
        return batch.controlLength(slot) > sourceless[slot];
    }

    /** Lets the kernel choose the address that the datagram leaves from. */
    public void forgetSource(int slot) {
        batch.controlLength(slot, sourceless[slot]);
    }

    /** Forgets all that waits. */
    public void clear() {
        count = 0;
    }
}
