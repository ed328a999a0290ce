package io.culvert.ip;

import io.culvert.bytes.BigEndian;
import java.util.Objects;

/**
 * Cuts a super-packet into ordinary packets, in software: what the kernel's GSO does; or into
 * smaller super-packets. Reused from packet to packet; allocates nothing. Confined to one thread.
 *
 * <p>{@link #start} validates every field of the virtio-net header before the packet, then {@link
 * #write} makes the packets one by one. The array is borrowed from start to the last write.
 */
public final class Segmenter {
    /** Answer of {@link #start} for a packet or virtio-net header that is not valid. */
    public static final int BAD = -1;

    /** Linux refuses smaller segments too (TCP_MIN_GSO_SIZE): they only multiply work. */
    static final int MIN_TCP_GSO_SIZE = 8;

    /** As many datagrams as Linux takes in one (UDP_MAX_SEGMENTS). */
    static final int MAX_UDP_SEGMENTS = 128;

    private static final byte[] NOTHING = {};

    private final PacketView view = new PacketView();
    private byte[] source = NOTHING;
    private int packet;
    private int headersLength; // 0 for one ordinary packet, which is copied as it is
    private int gsoSize;
    private int segments;

    /** Segments that a part holds. */
    private int partSegments;

    /**
     * Takes up the packet as {@link #start(byte[], int, int)} does, to be made into as few parts as
     * can be: super-packets with their mark and virtio-net header ({@link SuperPacket}), at most
     * {@code most} bytes each, or ordinary packets, where a part has one segment.
     *
     * @return how many parts it makes, at least 1; {@link #BAD} when something is not valid
     */
    public int start(byte[] array, int offset, int length, int most) {
        int count = start(array, offset, length);
        if (count == BAD || headersLength == 0) {
            return count;
        }
        int payload = most - SuperPacket.HEADER - headersLength;
        partSegments = Math.clamp(payload / gsoSize, 1, count);
        return Math.ceilDiv(count, partSegments);
    }

    /**
     * Takes up the packet that stands behind its virtio-net header. One ordinary packet's partial
     * checksum is completed in place, and its virtio-net header cleared.
     *
     * @return how many packets it makes, at least 1; {@link #BAD} when something is not valid
     */
    public int start(byte[] array, int offset, int length) {
        int count = check(array, offset, length);
        if (count == 1 && headersLength == 0) {
            if ((VirtioHeader.flags(array, offset) & VirtioHeader.NEEDS_CSUM) != 0) {
                completeChecksum(array, offset);
            }
            VirtioHeader.clear(array, offset); // a second start must not complete it again
        }
        return count;
    }

    /** Validates as {@link #start} does and answers the same, but changes no byte. */
    public int check(byte[] array, int offset, int length) {
        source = array;
        packet = offset;
        headersLength = 0;
        segments = 0;
        int known = VirtioHeader.NEEDS_CSUM | VirtioHeader.DATA_VALID;
        boolean isValid =
                view.read(array, offset, length)
                        && (VirtioHeader.flags(array, offset) & ~known) == 0
                        && VirtioHeader.headerLength(array, offset) <= view.totalLength();
        if (!isValid) {
            return BAD;
        }
        int type = VirtioHeader.gsoType(array, offset);
        boolean isAccepted =
                type == VirtioHeader.GSO_NONE
                        ? isValidSingle(array, offset)
                        : isValidSuper(array, offset, type);
        if (!isAccepted) {
            return BAD;
        }
        segments = headersLength == 0 ? 1 : Math.ceilDiv(payloadLength(), gsoSize);
        partSegments = 1;
        return segments;
    }

    /**
     * Takes up a super-packet that came from afar, and makes its virtio-net header and its partial
     * checksum what its own headers say: nothing that the sender wrote there is left.
     *
     * @return the packet's length; {@link #BAD} when it is not a valid super-packet
     */
    public int accept(byte[] array, int offset, int length) {
        if (!SuperPacket.isSuper(array, offset) || check(array, offset, length) == BAD) {
            return BAD;
        }
        VirtioHeader.putKind(
                array, offset, VirtioHeader.NEEDS_CSUM, VirtioHeader.gsoType(array, offset));
        VirtioHeader.putSizes(array, offset, headersLength, gsoSize);
        int field = view.transport() + VirtioHeader.checksumOffset(array, offset);
        long sum = Checksum.pseudoHeader(array, offset, view.protocol(), view.transportLength());
        BigEndian.putShort(array, offset + field, Checksum.fold(sum));
        return view.totalLength();
    }

    private boolean isValidSingle(byte[] array, int offset) {
        if (VirtioHeader.gsoSize(array, offset) != 0) {
            return false;
        }
        int start = VirtioHeader.checksumStart(array, offset);
        int field = VirtioHeader.checksumOffset(array, offset);
        if ((VirtioHeader.flags(array, offset) & VirtioHeader.NEEDS_CSUM) == 0) {
            return start == 0 && field == 0;
        }
        int ipHeader = view.isIpv6() ? Ipv6Header.LENGTH : Ipv4Header.headerLength(array, offset);
        return start >= ipHeader && start + field + 2 <= view.totalLength();
    }

    private boolean isValidSuper(byte[] array, int offset, int type) {
        int kind = type & ~VirtioHeader.GSO_ECN;
        int headers = view.headersLength(array, offset);
        boolean isUdp = type == VirtioHeader.GSO_UDP_L4;
        boolean isTcp = kind == (view.isIpv6() ? VirtioHeader.GSO_TCPV6 : VirtioHeader.GSO_TCPV4);
        boolean isKind = isTcp && view.protocol() == IpPacket.TCP;
        isKind |= isUdp && view.protocol() == IpPacket.UDP;
        int field = isUdp ? UdpHeader.CHECKSUM : TcpHeader.CHECKSUM;
        boolean isHeaderValid =
                isKind
                        && headers != IpPacket.BAD
                        && (VirtioHeader.flags(array, offset) & VirtioHeader.NEEDS_CSUM) != 0
                        && VirtioHeader.checksumStart(array, offset) == view.transport()
                        && VirtioHeader.checksumOffset(array, offset) == field;
        if (!isHeaderValid) {
            return false;
        }
        headersLength = headers;
        gsoSize = VirtioHeader.gsoSize(array, offset);
        if (payloadLength() == 0) {
            return false;
        }
        return isUdp
                ? gsoSize > 0 && Math.ceilDiv(payloadLength(), gsoSize) <= MAX_UDP_SEGMENTS
                : gsoSize >= MIN_TCP_GSO_SIZE && isDataSegment(array, offset);
    }

    private boolean isDataSegment(byte[] array, int offset) {
        int flags = TcpHeader.flags(array, offset + view.transport());
        return (flags & (TcpHeader.SYN | TcpHeader.RST)) == 0;
    }

    private void completeChecksum(byte[] array, int offset) {
        int start = VirtioHeader.checksumStart(array, offset);
        int field = VirtioHeader.checksumOffset(array, offset);
        // the field holds the pseudo header's sum, and so adds it
        long sum = Checksum.add(0, array, offset + start, view.totalLength() - start);
        int checksum = Checksum.finish(sum);
        boolean isUdp = view.protocol() == IpPacket.UDP && field == UdpHeader.CHECKSUM;
        BigEndian.putShort(array, offset + start + field, isUdp ? nonZero(checksum) : checksum);
    }

    private int payloadLength() {
        return view.totalLength() - headersLength;
    }

    /** Length of the packet or part number {@code index}. */
    public int lengthOf(int index) {
        if (headersLength == 0) {
            Objects.checkIndex(index, segments);
            return view.totalLength();
        }
        int payload = payloadOf(index);
        return (payload > gsoSize ? SuperPacket.HEADER : 0) + headersLength + payload;
    }

    private int payloadOf(int index) {
        Objects.checkIndex(index * partSegments, segments);
        int unit = partSegments * gsoSize;
        return Math.min(unit, payloadLength() - index * unit);
    }

    /** Writes the packet or part number {@code index} to {@code dest}; answers its length. */
    public int write(int index, byte[] dest, int destOffset) {
        if (headersLength == 0) {
            int length = lengthOf(index);
            System.arraycopy(source, packet, dest, destOffset, length);
            return length;
        }
        int payload = payloadOf(index);
        boolean isSuper = payload > gsoSize;
        int at = destOffset + (isSuper ? SuperPacket.HEADER : 0);
        int length = headersLength + payload;
        System.arraycopy(source, packet, dest, at, headersLength);
        System.arraycopy(
                source,
                packet + headersLength + index * partSegments * gsoSize,
                dest,
                at + headersLength,
                payload);
        fixIp(dest, at, length, index * partSegments);
        if (view.protocol() == IpPacket.TCP) {
            fixTcp(dest, at, index);
        } else {
            UdpHeader.putLength(dest, at + view.transport(), length - view.transport());
        }
        if (isSuper) {
            SuperPacket.mark(source, packet, dest, destOffset);
        }
        putChecksum(dest, at, length, isSuper);
        return at + length - destOffset;
    }

    private void fixIp(byte[] dest, int at, int length, int index) {
        if (view.isIpv6()) {
            Ipv6Header.putPayloadLength(dest, at, length - Ipv6Header.LENGTH);
            return;
        }
        Ipv4Header.putTotalLength(dest, at, length);
        Ipv4Header.putIdentification(dest, at, Ipv4Header.identification(dest, at) + index);
        Ipv4Header.fixChecksum(dest, at);
    }

    private void fixTcp(byte[] dest, int at, int index) {
        int header = at + view.transport();
        int first = index * partSegments;
        TcpHeader.putSequence(dest, header, TcpHeader.sequence(dest, header) + first * gsoSize);
        int flags = TcpHeader.flags(dest, header);
        if (index > 0) {
            flags &= ~TcpHeader.CWR; // RFC 3168 §6.1.2: said once, with the first new data
        }
        if (first + partSegments < segments) {
            flags &= ~(TcpHeader.FIN | TcpHeader.PSH);
        }
        TcpHeader.putFlags(dest, header, flags);
    }

    /** Of a super-packet only the pseudo header's sum, as the kernel wants it. */
    private void putChecksum(byte[] dest, int at, int length, boolean isSuper) {
        int transportLength = length - view.transport();
        int field = at + view.transport() + VirtioHeader.checksumOffset(source, packet);
        long sum = Checksum.pseudoHeader(dest, at, view.protocol(), transportLength);
        if (isSuper) {
            BigEndian.putShort(dest, field, Checksum.fold(sum));
            return;
        }
        BigEndian.putShort(dest, field, 0);
        int checksum =
                Checksum.finish(Checksum.add(sum, dest, at + view.transport(), transportLength));
        boolean isUdp = view.protocol() == IpPacket.UDP;
        BigEndian.putShort(dest, field, isUdp ? nonZero(checksum) : checksum);
    }

    /** RFC 768: a computed 0 goes as all ones, for 0 says "no checksum". */
    private static int nonZero(int checksum) {
        return checksum == 0 ? 0xffff : checksum;
    }
}
