package io.culvert.ip;

import io.culvert.bytes.BigEndian;
import java.nio.ByteBuffer;
import java.util.Random;

/**
 * Makes and checks packets for tests, with a checksum of its own, word by word, that shares no code
 * with what it tests.
 */
public final class TestPackets {
    private TestPackets() {}

    /** What a packet is made of. */
    public record Recipe(
            boolean isIpv6,
            int flow,
            int id,
            long sequence,
            int flags,
            int trafficClass,
            int optionBytes,
            int payloadLength) {

        /** A plain IPv4 segment. */
        public static Recipe tcp4(int flow, int id, long sequence, int payloadLength) {
            return new Recipe(false, flow, id, sequence, TcpHeader.ACK, 0, 12, payloadLength);
        }

        /** A plain IPv6 segment. */
        public static Recipe tcp6(int flow, long sequence, int payloadLength) {
            return new Recipe(true, flow, 0, sequence, TcpHeader.ACK, 0, 12, payloadLength);
        }

        /** The same with these flags. */
        public Recipe withFlags(int newFlags) {
            return new Recipe(
                    isIpv6, flow, id, sequence, newFlags, trafficClass, optionBytes, payloadLength);
        }

        /** The same with this traffic class. */
        public Recipe withTrafficClass(int newClass) {
            return new Recipe(
                    isIpv6, flow, id, sequence, flags, newClass, optionBytes, payloadLength);
        }
    }

    /** A TCP packet; its payload follows from flow and sequence number. */
    public static byte[] tcp(Recipe recipe) {
        int tcpLength = 20 + recipe.optionBytes + recipe.payloadLength;
        byte[] packet = ip(recipe, 6, tcpLength);
        int header = packet.length - tcpLength;
        ByteBuffer out = ByteBuffer.wrap(packet).position(header);
        out.putShort((short) (1024 + recipe.flow)).putShort((short) 443);
        out.putInt((int) recipe.sequence).putInt(0x01020304);
        out.put((byte) ((5 + recipe.optionBytes / 4) << 4)).put((byte) recipe.flags);
        out.putShort((short) 0x7210).putShort((short) 0).putShort((short) 0);
        for (int i = 0; i < recipe.optionBytes; i++) {
            out.put((byte) (i < 2 ? 1 : 0x40 + recipe.flow));
        }
        fill(out, recipe);
        out.putShort(header + 16, (short) transportChecksum(packet, header, 6));
        return packet;
    }

    /** A UDP packet. */
    public static byte[] udp(Recipe recipe) {
        int udpLength = 8 + recipe.payloadLength;
        byte[] packet = ip(recipe, 17, udpLength);
        int header = packet.length - udpLength;
        ByteBuffer out = ByteBuffer.wrap(packet).position(header);
        out.putShort((short) (1024 + recipe.flow)).putShort((short) 53);
        out.putShort((short) udpLength).putShort((short) 0);
        fill(out, recipe);
        int checksum = transportChecksum(packet, header, 17);
        out.putShort(header + 6, (short) (checksum == 0 ? 0xffff : checksum));
        return packet;
    }

    private static void fill(ByteBuffer out, Recipe recipe) {
        Random random = new Random(recipe.sequence * 31 + recipe.flow);
        byte[] payload = new byte[recipe.payloadLength];
        random.nextBytes(payload);
        out.put(payload);
    }

    private static byte[] ip(Recipe recipe, int protocol, int transportLength) {
        int headerLength = recipe.isIpv6 ? 40 : 20;
        byte[] packet = new byte[headerLength + transportLength];
        ByteBuffer out = ByteBuffer.wrap(packet);
        if (recipe.isIpv6) {
            out.putInt(6 << 28 | recipe.trafficClass << 20 | 0x12345);
            out.putShort((short) transportLength).put((byte) protocol).put((byte) 64);
            out.putLong(0xfd08_0000_0000_0000L).putLong(2);
            out.putLong(0xfd08_0000_0000_0000L).putLong(1L << 40 | recipe.flow);
            return packet;
        }
        out.put((byte) 0x45).put((byte) recipe.trafficClass);
        out.putShort((short) (20 + transportLength)).putShort((short) recipe.id);
        out.putShort((short) 0x4000).put((byte) 64).put((byte) protocol).putShort((short) 0);
        out.putInt(0x0a080002).putInt(0x0a090000 + recipe.flow);
        out.putShort(10, (short) (~naiveSum(packet, 0, 20, 0) & 0xffff));
        return packet;
    }

    /** The ones-complement sum, two bytes at a time (RFC 1071 §4.1). */
    public static int naiveSum(byte[] array, int offset, int length, int start) {
        int sum = start;
        for (int i = 0; i < length; i++) {
            int octet = array[offset + i] & 0xff;
            sum += (i & 1) == 0 ? octet << 8 : octet;
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }

    /** The checksum that belongs into a zeroed field; 0 for a packet that has the right one. */
    public static int transportChecksum(byte[] packet, int header, int protocol) {
        boolean isIpv6 = packet[0] >>> 4 == 6;
        int sum = naiveSum(packet, isIpv6 ? 8 : 12, isIpv6 ? 32 : 8, protocol);
        int length = packet.length - header;
        sum += length;
        sum = (sum & 0xffff) + (sum >>> 16);
        return ~naiveSum(packet, header, length, sum) & 0xffff;
    }

    /** Whether length fields and checksums of a packet without IP options are all right. */
    public static boolean isRight(byte[] packet) {
        ByteBuffer in = ByteBuffer.wrap(packet);
        boolean isIpv6 = packet[0] >>> 4 == 6;
        int header = isIpv6 ? 40 : 20;
        int protocol = packet[isIpv6 ? 6 : 9];
        boolean isLong =
                isIpv6
                        ? in.getShort(4) + 40 == packet.length
                        : (in.getShort(2) & 0xffff) == packet.length;
        boolean isSummed = isIpv6 || naiveSum(packet, 0, 20, 0) == 0xffff;
        boolean isUdpLong = protocol != 17 || in.getShort(header + 4) == packet.length - header;
        return isLong && isSummed && isUdpLong && transportChecksum(packet, header, protocol) == 0;
    }

    /** The packet with its virtio-net header before it, at offset 64. */
    public static byte[] padded(byte[] packet) {
        byte[] array = new byte[64 + packet.length];
        System.arraycopy(packet, 0, array, 64, packet.length);
        return array;
    }

    /**
     * The packet as the kernel hands it over, padded: with its virtio-net header, and the pseudo
     * header's sum for a checksum.
     */
    public static byte[] superPacket(byte[] packet, int gsoSize, boolean isUdp) {
        byte[] array = padded(packet);
        boolean isIpv6 = packet[0] >>> 4 == 6;
        int transport = isIpv6 ? 40 : 20;
        int tcpType = isIpv6 ? VirtioHeader.GSO_TCPV6 : VirtioHeader.GSO_TCPV4;
        int type = isUdp ? VirtioHeader.GSO_UDP_L4 : tcpType;
        int field = isUdp ? UdpHeader.CHECKSUM : TcpHeader.CHECKSUM;
        int sum = naiveSum(packet, isIpv6 ? 8 : 12, isIpv6 ? 32 : 8, isUdp ? 17 : 6);
        sum += packet.length - transport;
        sum = (sum & 0xffff) + (sum >>> 16);
        BigEndian.putShort(array, 64 + transport + field, sum);
        VirtioHeader.putKind(array, 64, VirtioHeader.NEEDS_CSUM, type);
        VirtioHeader.putSizes(array, 64, 0, gsoSize);
        VirtioHeader.putChecksum(array, 64, transport, field);
        return array;
    }
}
