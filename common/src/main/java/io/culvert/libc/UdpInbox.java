package io.culvert.libc;

import com.sun.jna.Native;
import java.nio.ByteBuffer;

/**
 * Datagrams that a {@link UdpDescriptor} received in one call, with what their headers told: who
 * sent them, to which of our addresses they came, and their traffic class. Confined to one thread;
 * nothing is allocated per datagram.
 */
public final class UdpInbox {
    /** More than the kernel joins, and than the longest datagram. */
    public static final int SLOT_BYTES = 65_536;

    /** How many slots there are. */
    public static final int CAPACITY = MessageBatch.SLOTS;

    private final int fd;
    private final boolean isIpv4Only;
    private final MessageBatch batch;

    // of the datagram that was taken last
    private long remoteHigh;
    private long remoteLow;
    private int remotePort;
    private int remoteLink;
    private long localHigh;
    private long localLow;
    private int localLink;
    private int trafficClass;
    private int segmentSize;

    UdpInbox(int fd, boolean isIpv4Only, MessageBatch batch) {
        this.fd = fd;
        this.isIpv4Only = isIpv4Only;
        this.batch = batch;
        for (int slot = 0; slot < MessageBatch.SLOTS; slot++) {
            arm(slot);
        }
    }

    /** The kernel has overwritten how much room there is. */
    private void arm(int slot) {
        batch.arm(slot, SocketName.SIZE, MessageBatch.CONTROL_SIZE, SLOT_BYTES);
    }

    /**
     * Receives what waits. What was not taken of the batch before is gone.
     *
     * @param slots how many at most
     * @return how many came; or a negated error number
     */
    public int receive(int slots) {
        int count;
        do {
            count = NativeCalls.recvmmsg(fd, batch.address(0), slots, 0, 0);
        } while (count < 0 && Libc.wasInterrupted());
        return count < 0 ? -Native.getLastError() : count;
    }

    /**
     * Copies a datagram into the array, or several that the kernel has joined, as they came by the
     * same way one after the other ({@link #segmentSize}); the methods below tell of them then.
     * Each slot that came is to be taken once, in order.
     *
     * @return their length, at most the array's
     */
    public int take(int slot, byte[] array) {
        int length = Math.min(batch.length(slot), array.length);
        batch.bytes().get(MessageBatch.payload(slot), array, 0, length);
        readRemote(MessageBatch.name(slot));
        readControl(slot);
        arm(slot);
        return length;
    }

    private void readRemote(int name) {
        ByteBuffer bytes = batch.bytes();
        remotePort = SocketName.port(bytes, name);
        if (isIpv4Only) {
            remoteHigh = 0;
            remoteLow = SocketName.mapped(bytes, name + 4);
            remoteLink = 0;
        } else {
            remoteHigh = SocketName.bigEndianLong(bytes, name + 8);
            remoteLow = SocketName.bigEndianLong(bytes, name + 16);
            remoteLink = bytes.getInt(name + 24);
        }
    }

    private void readControl(int slot) {
        localHigh = 0;
        localLow = 0;
        localLink = 0;
        trafficClass = 0;
        segmentSize = 0;
        ByteBuffer bytes = batch.bytes();
        int at = MessageBatch.control(slot);
        int end = at + batch.controlLength(slot);
        while (ControlMessage.isAt(bytes, at, end)) {
            read(bytes, at);
            at = ControlMessage.next(bytes, at);
        }
    }

    /** To a socket for both families IPv4 datagrams tell IPv6 packet info, but IPv4's class. */
    private void read(ByteBuffer bytes, int at) {
        int data = at + ControlMessage.HEADER_SIZE;
        int size = ControlMessage.dataSize(bytes, at);
        if (is(bytes, at, ControlMessage.IPPROTO_IPV6, ControlMessage.IPV6_PKTINFO) && size >= 20) {
            localHigh = SocketName.bigEndianLong(bytes, data);
            localLow = SocketName.bigEndianLong(bytes, data + 8);
            localLink = bytes.getInt(data + 16);
        } else if (is(bytes, at, ControlMessage.IPPROTO_IP, ControlMessage.IP_PKTINFO)
                && size >= 12) {
            localLink = bytes.getInt(data);
            localLow = SocketName.mapped(bytes, data + 4);
        } else if (is(bytes, at, ControlMessage.IPPROTO_IP, ControlMessage.IP_TOS) && size >= 1) {
            trafficClass = bytes.get(data) & 0xff;
        } else if (is(bytes, at, ControlMessage.IPPROTO_IPV6, ControlMessage.IPV6_TCLASS)
                && size >= 4) {
            trafficClass = bytes.getInt(data) & 0xff;
        } else if (is(bytes, at, ControlMessage.SOL_UDP, ControlMessage.UDP_GRO) && size >= 4) {
            segmentSize = Math.max(0, bytes.getInt(data));
        }
    }

    private static boolean is(ByteBuffer bytes, int at, int level, int type) {
        return ControlMessage.is(bytes, at, level, type);
    }

    /** Whether the datagram came from there to here, at these addresses. */
    public boolean cameBy(UdpAddress remote, UdpAddress local) {
        return remote.low() == remoteLow
                && remote.high() == remoteHigh
                && remote.port() == remotePort
                && remote.link() == remoteLink
                && local.low() == localLow
                && local.high() == localHigh
                && local.link() == localLink;
    }

    /** A hash of where the datagram came from, and where to. */
    public int pathHash() {
        long mixed = (remoteHigh * 31 + remoteLow) * 31 + remotePort;
        mixed = (mixed * 31 + localHigh) * 31 + localLow;
        return Long.hashCode(mixed * 0x9e37_79b9_7f4a_7c15L);
    }

    /** Who sent the datagram. */
    public UdpAddress remote() {
        return new UdpAddress(remoteHigh, remoteLow, remotePort, remoteLink);
    }

    /** Which of our addresses the datagram came to, and on which interface; port 0. */
    public UdpAddress local() {
        return new UdpAddress(localHigh, localLow, 0, localLink);
    }

    /** How long each of several datagrams is but for the last; 0 where it is one. */
    public int segmentSize() {
        return segmentSize;
    }

    /** DSCP and ECN of the datagram's IP header. */
    public int trafficClass() {
        return trafficClass;
    }
}
