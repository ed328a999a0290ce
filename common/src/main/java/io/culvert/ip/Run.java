package io.culvert.ip;

import java.util.Arrays;

/**
 * Packets of one flow in a row, being merged into one: the first packet's headers, then the
 * payloads. Reused from run to run. Confined to one thread.
 */
final class Run {
    /** Where the packet stands in the buffer; before it is room for its virtio-net header. */
    private static final int START = 64;

    /** The longest IP packet that Linux takes from a TUN device. */
    private static final int MAX_LENGTH = 65_535;

    /** As many datagrams as every Linux with UDP_L4 takes in one. */
    private static final int MAX_UDP_COUNT = 64;

    private final byte[] buffer = new byte[START + MAX_LENGTH + 1];
    private int hash;
    private int protocol;
    private boolean isIpv6;
    private int transport;
    private int headersLength;
    private int length;
    private int gsoSize;
    private int count;
    private boolean isEnded;

    /**
     * Whether the packet could be part of any run: TCP with nothing but ACK and PSH, or UDP, with
     * payload and right checksums.
     */
    static boolean isMergeable(PacketView view, byte[] array, int offset) {
        int headers = view.headersLength(array, offset);
        if (headers == IpPacket.BAD || view.totalLength() == headers) {
            return false;
        }
        int header = offset + view.transport();
        if (view.protocol() == IpPacket.TCP) {
            int flags = TcpHeader.flags(array, header);
            // byte 12 has reserved bits below the length; a set one is no plain segment
            if ((flags & ~TcpHeader.PSH) != TcpHeader.ACK || (array[header + 12] & 0xf) != 0) {
                return false;
            }
        } else if (UdpHeader.checksum(array, header) == 0) {
            return false;
        }
        boolean isIpValid = view.isIpv6() || isIpv4Mergeable(array, offset);
        return isIpValid && view.isTransportChecksumValid(array, offset);
    }

    private static boolean isIpv4Mergeable(byte[] array, int offset) {
        boolean isReservedClear = (Ipv4Header.fragmentField(array, offset) & 0x8000) == 0;
        return isReservedClear && Ipv4Header.isChecksumValid(array, offset);
    }

    /** Whether a mergeable packet may begin a run; one with PSH can only end one. */
    static boolean mayBegin(PacketView view, byte[] array, int offset) {
        if (view.protocol() != IpPacket.TCP) {
            return true;
        }
        int flags = TcpHeader.flags(array, offset + view.transport());
        int payload = view.totalLength() - view.headersLength(array, offset);
        return (flags & TcpHeader.PSH) == 0 && payload >= Segmenter.MIN_TCP_GSO_SIZE;
    }

    /** Begins with this mergeable packet. */
    void begin(int flowHash, PacketView view, byte[] array, int offset) {
        hash = flowHash;
        protocol = view.protocol();
        isIpv6 = view.isIpv6();
        transport = view.transport();
        headersLength = view.headersLength(array, offset);
        length = view.totalLength();
        gsoSize = length - headersLength;
        count = 1;
        isEnded = false;
        System.arraycopy(array, offset, buffer, START, length);
    }

    /** Whether a packet without IP options is of this run's flow. */
    boolean holds(int flowHash, PacketView view, byte[] array, int offset) {
        return hash == flowHash
                && protocol == view.protocol()
                && isIpv6 == view.isIpv6()
                && view.transportLength() >= 4
                && isSame(array, offset, isIpv6 ? Ipv6Header.SOURCE : Ipv4Header.SOURCE, transport)
                && isSame(array, offset, transport, transport + 4);
    }

    /** Appends the mergeable packet of this flow; false when it does not continue the run. */
    boolean append(PacketView view, byte[] array, int offset) {
        int payload = view.totalLength() - view.headersLength(array, offset);
        boolean fits =
                view.headersLength(array, offset) == headersLength
                        && payload <= gsoSize
                        && length + payload <= MAX_LENGTH
                        && (isIpv6 ? isIpv6Alike(array, offset) : isIpv4Alike(array, offset))
                        && (protocol == IpPacket.TCP
                                ? isTcpAlike(array, offset)
                                : count < MAX_UDP_COUNT);
        if (!fits) {
            return false;
        }
        System.arraycopy(array, offset + headersLength, buffer, START + length, payload);
        length += payload;
        count++;
        isEnded = payload < gsoSize;
        if (protocol == IpPacket.TCP) {
            int flags = TcpHeader.flags(array, offset + transport);
            isEnded |= (flags & TcpHeader.PSH) != 0;
            TcpHeader.putFlags(buffer, START + transport, flags);
        }
        return true;
    }

    private boolean isIpv6Alike(byte[] array, int offset) {
        return Ipv6Header.firstWord(array, offset) == Ipv6Header.firstWord(buffer, START)
                && Ipv6Header.hopLimit(array, offset) == Ipv6Header.hopLimit(buffer, START);
    }

    private boolean isIpv4Alike(byte[] array, int offset) {
        int flags = Ipv4Header.fragmentField(array, offset);
        int next = Ipv4Header.identification(buffer, START) + count & 0xffff;
        // RFC 6864 §4.1: what is never fragmented has an identification without meaning
        boolean isNumbered =
                flags == Ipv4Header.DONT_FRAGMENT
                        || Ipv4Header.identification(array, offset) == next;
        return isNumbered
                && flags == Ipv4Header.fragmentField(buffer, START)
                && Ipv4Header.ttl(array, offset) == Ipv4Header.ttl(buffer, START)
                && Ipv4Header.trafficClass(array, offset) == Ipv4Header.trafficClass(buffer, START);
    }

    private boolean isTcpAlike(byte[] array, int offset) {
        int header = offset + transport;
        int next = TcpHeader.sequence(buffer, START + transport) + length - headersLength;
        return TcpHeader.sequence(array, header) == next
                && isSame(array, offset, transport + 8, transport + 13) // ACK, header length
                && isSame(array, offset, transport + 14, transport + 16) // window
                && isSame(array, offset, transport + 18, headersLength); // urgent, options
    }

    private boolean isSame(byte[] array, int offset, int from, int to) {
        return Arrays.equals(array, offset + from, offset + to, buffer, START + from, START + to);
    }

    /** Whether nothing may follow. */
    boolean isEnded() {
        return isEnded;
    }

    /** Writes the run: one packet as it came, more as a super-packet. */
    void writeTo(Coalescer.Sink sink) {
        // the buffer is used again: nothing of an earlier header may be left
        VirtioHeader.clear(buffer, START);
        if (count > 1) {
            putHeaders();
        }
        sink.write(buffer, START, length);
    }

    private void putHeaders() {
        int header = START + transport;
        long sum = Checksum.pseudoHeader(buffer, START, protocol, length - transport);
        int type = VirtioHeader.GSO_UDP_L4;
        int field = UdpHeader.CHECKSUM;
        if (protocol == IpPacket.TCP) {
            type = isIpv6 ? VirtioHeader.GSO_TCPV6 : VirtioHeader.GSO_TCPV4;
            field = TcpHeader.CHECKSUM;
            TcpHeader.putChecksum(buffer, header, Checksum.fold(sum));
        } else {
            UdpHeader.putLength(buffer, header, length - transport);
            UdpHeader.putChecksum(buffer, header, Checksum.fold(sum));
        }
        if (isIpv6) {
            Ipv6Header.putPayloadLength(buffer, START, length - Ipv6Header.LENGTH);
        } else {
            Ipv4Header.putTotalLength(buffer, START, length);
            Ipv4Header.fixChecksum(buffer, START);
        }
        VirtioHeader.putKind(buffer, START, VirtioHeader.NEEDS_CSUM, type);
        VirtioHeader.putSizes(buffer, START, headersLength, gsoSize);
        VirtioHeader.putChecksum(buffer, START, transport, field);
    }
}
