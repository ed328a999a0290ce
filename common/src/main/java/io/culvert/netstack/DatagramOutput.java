package io.culvert.netstack;

import io.culvert.bytes.BigEndian;
import io.culvert.bytes.Packet;
import io.culvert.ip.Checksum;
import io.culvert.ip.IpPacket;
import io.culvert.ip.Ipv4Header;
import io.culvert.ip.Ipv6Header;
import io.culvert.stats.DropReason;
import org.jspecify.annotations.Nullable;

/**
 * Packets of UDP and ICMP on their way out: headers, checksums, and fragments where one is longer
 * than the path takes. Confined to the stack's thread.
 */
final class DatagramOutput {
    private static final int MOST_PACKET = 0xffff;
    private static final int FRAGMENT = 44;
    private static final int FRAGMENT_HEADER = 8;
    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int CHECKSUM_OF_UDP = 6;
    private static final int CHECKSUM_OF_ICMP = 2;

    private final Context context;
    private int identification;

    DatagramOutput(Context context) {
        this.context = context;
        this.identification = context.setup.secrets().random().nextInt();
    }

    /** Where the transport header begins in a packet of {@link #begin}. */
    static int transport(Packet packet, FlowKey key) {
        return packet.offset() + IpWriter.headerLength(key.isIpv6());
    }

    /** A packet with room for so many bytes behind its IP header; null when there is none. */
    @Nullable Packet begin(FlowKey key, int length) {
        int total = IpWriter.headerLength(key.isIpv6()) + length;
        Packet packet = total > MOST_PACKET ? null : context.outlet.lease(total);
        if (packet == null) {
            context.drop(DropReason.STACK_FULL);
            return null;
        }
        packet.set(packet.offset(), total);
        return packet;
    }

    /** Finishes and sends a packet of {@link #begin}. */
    void finish(Packet packet, FlowKey key, int protocol) {
        byte[] array = packet.array();
        int at = packet.offset();
        int transport = transport(packet, key);
        int length = packet.length() - IpWriter.headerLength(key.isIpv6());
        IpWriter.put(array, at, key, protocol, length);
        int field = transport + (protocol == IpPacket.UDP ? CHECKSUM_OF_UDP : CHECKSUM_OF_ICMP);
        BigEndian.putShort(array, field, 0);
        long sum = Checksum.add(0, array, transport, length);
        if (protocol != IcmpLayout.ICMP) {
            sum += Checksum.pseudoHeader(array, at, protocol, length);
        }
        int checksum = Checksum.finish(sum);
        boolean isNone = checksum == 0 && protocol == IpPacket.UDP; // RFC 768
        BigEndian.putShort(array, field, isNone ? 0xffff : checksum);
        int mtu = context.pathMtus.of(key.remote().address(), context.nowNs);
        if (packet.length() <= mtu) {
            context.outlet.addDatagram(packet);
            return;
        }
        identification++;
        if (key.isIpv6()) {
            fragmentIpv6(packet, protocol, mtu);
        } else {
            fragmentIpv4(packet, mtu);
        }
        packet.release();
    }

    private void fragmentIpv4(Packet whole, int mtu) {
        int each = (mtu - Ipv4Header.LENGTH) / 8 * 8;
        int payload = whole.length() - Ipv4Header.LENGTH;
        for (int done = 0; done < payload; done += each) {
            int length = Math.min(each, payload - done);
            Packet part = copy(whole, Ipv4Header.LENGTH, 0, done, length);
            if (part == null) {
                return;
            }
            byte[] array = part.array();
            int at = part.offset();
            Ipv4Header.putTotalLength(array, at, part.length());
            Ipv4Header.putIdentification(array, at, identification);
            int more = done + length < payload ? MORE_FRAGMENTS : 0;
            BigEndian.putShort(array, at + 6, more | done / 8);
            Ipv4Header.fixChecksum(array, at);
            context.outlet.addDatagram(part);
        }
    }

    private void fragmentIpv6(Packet whole, int protocol, int mtu) {
        int each = (mtu - Ipv6Header.LENGTH - FRAGMENT_HEADER) / 8 * 8;
        int payload = whole.length() - Ipv6Header.LENGTH;
        for (int done = 0; done < payload; done += each) {
            int length = Math.min(each, payload - done);
            Packet part = copy(whole, Ipv6Header.LENGTH, FRAGMENT_HEADER, done, length);
            if (part == null) {
                return;
            }
            byte[] array = part.array();
            int at = part.offset();
            Ipv6Header.putPayloadLength(array, at, FRAGMENT_HEADER + length);
            array[at + 6] = FRAGMENT;
            int header = at + Ipv6Header.LENGTH;
            BigEndian.putShort(array, header, protocol << 8);
            BigEndian.putShort(array, header + 2, done + length < payload ? done | 1 : done);
            BigEndian.putInt(array, header + 4, identification);
            context.outlet.addDatagram(part);
        }
    }

    /** The IP header of the whole, a gap, and a part of its payload. */
    private @Nullable Packet copy(Packet whole, int header, int gap, int from, int length) {
        Packet part = context.outlet.lease(header + gap + length);
        if (part == null) {
            context.drop(DropReason.STACK_FULL);
            return null;
        }
        byte[] array = part.array();
        int at = part.offset();
        System.arraycopy(whole.array(), whole.offset(), array, at, header);
        int source = whole.offset() + header + from;
        System.arraycopy(whole.array(), source, array, at + header + gap, length);
        part.set(at, header + gap + length);
        return part;
    }
}
