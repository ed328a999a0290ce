package io.culvert.ip;

/**
 * Where the parts of one IP packet are; IPv6 extension headers are walked over. Reused from packet
 * to packet. Confined to one thread.
 */
public final class PacketView {
    /** IPv6 next header "no next header": here for whatever cannot be looked into. */
    private static final int NONE = 59;

    private int totalLength;
    private int protocol;
    private int transport;
    private boolean isIpv6;
    private boolean isFragment;

    /** Reads the packet; false when it is not a valid one. */
    public boolean read(byte[] array, int offset, int length) {
        totalLength = IpPacket.check(array, offset, length);
        if (totalLength == IpPacket.BAD) {
            return false;
        }
        isIpv6 = IpPacket.isIpv6(array, offset);
        if (isIpv6) {
            readIpv6(array, offset);
        } else {
            transport = Ipv4Header.headerLength(array, offset);
            protocol = Ipv4Header.protocol(array, offset);
            isFragment = Ipv4Header.isFragment(array, offset);
        }
        return true;
    }

    /** Reads the beginning of a packet, as an ICMP error quotes it; the rest may be missing. */
    public boolean readBeginning(byte[] array, int offset, int length) {
        boolean isEnough =
                length >= Ipv4Header.LENGTH
                        && (!IpPacket.isIpv6(array, offset) || length >= Ipv6Header.LENGTH);
        int version = isEnough ? array[offset] >>> 4 & 0xf : 0;
        if (version != 4 && version != 6) {
            return false;
        }
        totalLength = length;
        isIpv6 = version == 6;
        if (isIpv6) {
            readIpv6(array, offset);
            return true;
        }
        transport = Ipv4Header.headerLength(array, offset);
        protocol = Ipv4Header.protocol(array, offset);
        isFragment = Ipv4Header.isFragment(array, offset);
        return transport >= Ipv4Header.LENGTH && transport <= length;
    }

    private void readIpv6(byte[] array, int offset) {
        transport = Ipv6Header.LENGTH;
        protocol = Ipv6Header.nextHeader(array, offset);
        while (Ipv6Header.isExtension(protocol)) {
            int at = offset + transport;
            int next =
                    transport + 8 <= totalLength
                            ? transport + 8 + (array[at + 1] & 0xff) * 8
                            : Integer.MAX_VALUE;
            protocol = next <= totalLength ? array[at] & 0xff : NONE;
            transport = Math.min(next, totalLength);
        }
        isFragment = protocol == Ipv6Header.FRAGMENT;
    }

    /** Length of the packet by its own account. */
    public int totalLength() {
        return totalLength;
    }

    /** Protocol of the payload; for an IPv6 fragment the fragment header's number. */
    public int protocol() {
        return protocol;
    }

    /** Length of the IP headers: where the payload is. */
    public int transport() {
        return transport;
    }

    /** Length of the payload with its transport header. */
    public int transportLength() {
        return totalLength - transport;
    }

    /** Whether it is an IPv6 packet. */
    public boolean isIpv6() {
        return isIpv6;
    }

    /** Whether it is a part of a larger packet. */
    public boolean isFragment() {
        return isFragment;
    }

    /** Whether the IP header has its usual length: no options, no extension headers. */
    public boolean isPlain() {
        return transport == (isIpv6 ? Ipv6Header.LENGTH : Ipv4Header.LENGTH);
    }

    /**
     * Length of IP and transport headers of an unfragmented TCP or UDP packet; {@link IpPacket#BAD}
     * when it is no such packet or its transport header does not fit.
     */
    public int headersLength(byte[] array, int offset) {
        if (isFragment) {
            return IpPacket.BAD;
        }
        int at = offset + transport;
        if (protocol == IpPacket.UDP) {
            boolean isValid =
                    transportLength() >= UdpHeader.LENGTH
                            && UdpHeader.length(array, at) == transportLength();
            return isValid ? transport + UdpHeader.LENGTH : IpPacket.BAD;
        }
        if (protocol != IpPacket.TCP || transportLength() < TcpHeader.LENGTH) {
            return IpPacket.BAD;
        }
        int length = TcpHeader.headerLength(array, at);
        boolean isValid = length >= TcpHeader.LENGTH && length <= transportLength();
        return isValid ? transport + length : IpPacket.BAD;
    }

    /** Whether the transport checksum over the whole payload is right. */
    public boolean isTransportChecksumValid(byte[] array, int offset) {
        int length = transportLength();
        long sum = Checksum.pseudoHeader(array, offset, protocol, length);
        return Checksum.fold(Checksum.add(sum, array, offset + transport, length)) == 0xffff;
    }
}
