package io.culvert.netstack;

import io.culvert.bytes.BigEndian;
import io.culvert.bytes.Packet;
import io.culvert.ip.Checksum;
import io.culvert.ip.IpPacket;
import io.culvert.ip.Ipv4Header;
import io.culvert.ip.TcpHeader;
import io.culvert.ip.VirtioHeader;

/**
 * Puts a TCP segment together in a packet: headers, options and checksums. Reused from segment to
 * segment; confined to the stack's thread.
 */
final class SegmentWriter {
    private FlowKey key = new FlowKey(NOWHERE, NOWHERE);
    private byte[] array = {};
    private int packetAt;
    private int end;

    private static final Endpoint NOWHERE =
            new Endpoint(new io.culvert.ip.IpAddress(0, 0, false), 0);

    /** Begins a segment in a leased packet; options and data are to be put from {@link #end} on. */
    void begin(Packet packet, FlowKey flow) {
        key = flow;
        array = packet.array();
        packetAt = packet.offset();
        int header = header();
        BigEndian.putShort(array, header, flow.local().port());
        BigEndian.putShort(array, header + 2, flow.remote().port());
        end = header + TcpHeader.LENGTH;
    }

    private int header() {
        return packetAt + IpWriter.headerLength(key.isIpv6());
    }

    byte[] array() {
        return array;
    }

    /** Behind what was put. */
    int end() {
        return end;
    }

    /** Something was put until there. */
    void setEnd(int newEnd) {
        end = newEnd;
    }

    /** All options were put: the header has its length. */
    void endHeader() {
        int words = (end - header()) / 4;
        array[header() + 12] = (byte) (words << 4);
    }

    /** Puts the numbers and flags. */
    void putNumbers(int sequence, int acknowledgment, int flags, int window) {
        int header = header();
        BigEndian.putInt(array, header + 4, sequence);
        BigEndian.putInt(array, header + 8, acknowledgment);
        TcpHeader.putFlags(array, header, flags);
        BigEndian.putShort(array, header + 14, window);
        BigEndian.putInt(array, header + 16, 0); // checksum, urgent pointer
    }

    /**
     * Ends the segment: IP header and checksum.
     *
     * @param gsoSize the data is to be cut into segments of that size where it is longer; 0 where
     *     the whole checksum is to be put
     */
    void finish(Packet packet, int gsoSize) {
        int header = header();
        int length = end - header;
        IpWriter.put(array, packetAt, key, IpPacket.TCP, length);
        packet.set(packetAt, end - packetAt);
        long sum = Checksum.pseudoHeader(array, packetAt, IpPacket.TCP, length);
        if (gsoSize == 0) {
            sum = Checksum.add(sum, array, header, length);
            TcpHeader.putChecksum(array, header, Checksum.finish(sum));
            return;
        }
        TcpHeader.putChecksum(array, header, Checksum.fold(sum));
        int headersLength = header - packetAt + TcpHeader.headerLength(array, header);
        boolean isSuper = end - packetAt - headersLength > gsoSize;
        int type = key.isIpv6() ? VirtioHeader.GSO_TCPV6 : VirtioHeader.GSO_TCPV4;
        int kind = isSuper ? type : VirtioHeader.GSO_NONE;
        VirtioHeader.putKind(array, packetAt, VirtioHeader.NEEDS_CSUM, kind);
        VirtioHeader.putSizes(array, packetAt, isSuper ? headersLength : 0, isSuper ? gsoSize : 0);
        VirtioHeader.putChecksum(array, packetAt, header - packetAt, TcpHeader.CHECKSUM);
    }

    /** The most bytes of headers that a segment without SACK blocks has. */
    static int mostHeaders(boolean isIpv6) {
        int mostTcp = TcpHeader.LENGTH + 40;
        return (isIpv6 ? 40 : Ipv4Header.LENGTH) + mostTcp;
    }
}
