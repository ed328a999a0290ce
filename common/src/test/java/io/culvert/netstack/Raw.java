package io.culvert.netstack;

import io.culvert.bytes.BigEndian;
import io.culvert.bytes.Packet;
import io.culvert.ip.Checksum;
import io.culvert.ip.IpAddress;
import io.culvert.ip.VirtioHeader;

/** Packets of ICMP and UDP as another host would send them, with checksums. */
final class Raw {
    static final int AT = 16;

    private Raw() {}

    /** A packet at {@link #AT} with this transport header and payload. */
    static byte[] packet(FlowKey from, int protocol, byte[] transport) {
        int header = IpWriter.headerLength(from.isIpv6());
        byte[] array = new byte[AT + header + transport.length];
        System.arraycopy(transport, 0, array, AT + header, transport.length);
        IpWriter.put(array, AT, from, protocol, transport.length);
        int place =
                switch (protocol) {
                    case 17 -> 6;
                    case 6 -> 16;
                    default -> 2;
                };
        int field = AT + header + place;
        BigEndian.putShort(array, field, 0);
        long sum = Checksum.add(0, array, AT + header, transport.length);
        if (protocol != IcmpLayout.ICMP) {
            sum += Checksum.pseudoHeader(array, AT, protocol, transport.length);
        }
        BigEndian.putShort(array, field, Checksum.finish(sum));
        return array;
    }

    /** A packet whose transport checksum was verified before, as the virtio-net header says. */
    static byte[] trusted(FlowKey from, int protocol, byte[] transport) {
        byte[] array = packet(from, protocol, transport);
        VirtioHeader.putKind(array, AT, VirtioHeader.DATA_VALID, VirtioHeader.GSO_NONE);
        return array;
    }

    static FlowKey ends(IpAddress from, IpAddress to) {
        return new FlowKey(new Endpoint(from, 0), new Endpoint(to, 0));
    }

    /** An ICMP message of 8 bytes and what follows. */
    static byte[] icmp(int type, int code, int rest, byte[] payload) {
        byte[] bytes = new byte[8 + payload.length];
        bytes[0] = (byte) type;
        bytes[1] = (byte) code;
        BigEndian.putInt(bytes, 4, rest);
        System.arraycopy(payload, 0, bytes, 8, payload.length);
        return bytes;
    }

    /** A UDP datagram. */
    static byte[] udp(int from, int to, byte[] payload) {
        byte[] bytes = new byte[8 + payload.length];
        BigEndian.putShort(bytes, 0, from);
        BigEndian.putShort(bytes, 2, to);
        BigEndian.putShort(bytes, 4, bytes.length);
        System.arraycopy(payload, 0, bytes, 8, payload.length);
        return bytes;
    }

    /** The bytes of a packet that went out, released. */
    static byte[] taken(Packet packet) {
        byte[] bytes = packet.toBytes();
        packet.release();
        return bytes;
    }
}
