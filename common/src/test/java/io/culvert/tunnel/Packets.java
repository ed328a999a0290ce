package io.culvert.tunnel;

import io.culvert.bytes.BigEndian;

/** Small IPv4 packets for tests, each with a number in it. */
final class Packets {
    static final int LENGTH = 28;

    private Packets() {}

    /** A packet from 10.0.0.{@code from} to 10.0.0.{@code to} that carries {@code id}. */
    static byte[] ipv4(int from, int to, long id) {
        byte[] packet = new byte[LENGTH];
        packet[0] = 0x45;
        BigEndian.putShort(packet, 2, LENGTH);
        packet[8] = 64;
        packet[9] = (byte) 253;
        BigEndian.putInt(packet, 12, address(from));
        BigEndian.putInt(packet, 16, address(to));
        BigEndian.putLong(packet, 20, id);
        return packet;
    }

    static long id(byte[] array, int offset) {
        return BigEndian.getLong(array, offset + 20);
    }

    static int from(byte[] array, int offset) {
        return array[offset + 15] & 0xff;
    }

    static int to(byte[] array, int offset) {
        return array[offset + 19] & 0xff;
    }

    private static int address(int host) {
        return 10 << 24 | host;
    }
}
