package io.culvert.app.demo;

import io.culvert.bytes.BigEndian;
import io.culvert.bytes.Packet;
import io.culvert.ip.Checksum;
import io.culvert.ip.VirtioHeader;

/** Packets from the laptop to the gateway, behind their virtio-net headers. */
final class TestPackets {
    private static final int HEADER = Packet.OFFLOAD_LENGTH;
    private static final int IP = 20;
    private static final int TCP = 20;
    private static final int LAPTOP = 0x0a080002;
    private static final int GATEWAY = 0x0a080001;
    private static final int UDP_PROTOCOL = 17;
    private static final int TCP_PROTOCOL = 6;
    private static final int SEGMENT = 1300;

    private TestPackets() {}

    /** A UDP datagram of this length, IP header included. */
    static byte[] udp(int length) {
        byte[] packet = ipv4(UDP_PROTOCOL, length);
        int udp = HEADER + IP;
        BigEndian.putShort(packet, udp, 7);
        BigEndian.putShort(packet, udp + 2, 7);
        BigEndian.putShort(packet, udp + 4, length - IP);
        return packet;
    }

    /** A TCP super-packet, as a kernel hands it over: to be cut, and its checksum to be filled. */
    static byte[] tcp(int length) {
        byte[] packet = ipv4(TCP_PROTOCOL, length);
        int tcp = HEADER + IP;
        BigEndian.putShort(packet, tcp, 7);
        BigEndian.putShort(packet, tcp + 2, 7);
        packet[tcp + 12] = (byte) ((TCP / 4) << 4);
        packet[tcp + 13] = 0x10; // ACK
        VirtioHeader.putKind(packet, HEADER, VirtioHeader.NEEDS_CSUM, VirtioHeader.GSO_TCPV4);
        VirtioHeader.putSizes(packet, HEADER, IP + TCP, SEGMENT);
        VirtioHeader.putChecksum(packet, HEADER, IP, 16);
        return packet;
    }

    private static byte[] ipv4(int protocol, int length) {
        byte[] packet = new byte[HEADER + length];
        packet[HEADER] = 0x45;
        BigEndian.putShort(packet, HEADER + 2, length);
        packet[HEADER + 6] = 0x40; // don't fragment
        packet[HEADER + 8] = 64;
        packet[HEADER + 9] = (byte) protocol;
        BigEndian.putInt(packet, HEADER + 12, LAPTOP);
        BigEndian.putInt(packet, HEADER + 16, GATEWAY);
        BigEndian.putShort(
                packet, HEADER + 10, Checksum.finish(Checksum.add(0, packet, HEADER, IP)));
        return packet;
    }
}
