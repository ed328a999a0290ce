package io.culvert.bench;

import io.culvert.ip.Checksum;
import java.nio.ByteBuffer;

/** Packets to measure with. Stateless. */
final class Samples {
    /** Room before a packet, as packets of the pool have it. */
    static final int HEADROOM = 64;

    /** Segment of a TCP connection with time stamps over a tunnel with an MTU of 1420. */
    static final int SEGMENT = 1368;

    private static final int IP = 20;
    private static final int TCP = 32;
    private static final int HEADERS = IP + TCP;
    private static final int VIRTIO = 10;

    private Samples() {}

    /**
     * A TCP super-packet as the kernel gives it: {@code length} bytes at {@link #HEADROOM}, behind
     * its virtio-net header, the checksum partial.
     */
    static byte[] superPacket(int length) {
        byte[] array = new byte[HEADROOM + length + HEADROOM];
        ByteBuffer packet = ByteBuffer.wrap(array, HEADROOM, length).slice();
        packet.put(0, (byte) 0x45).putShort(2, (short) length).putShort(6, (short) 0x4000);
        packet.put(8, (byte) 64).put(9, (byte) 6).putInt(12, 0x0a09_0002).putInt(16, 0x0a09_0001);
        packet.putShort(10, (short) Checksum.finish(Checksum.add(0, array, HEADROOM, IP)));
        packet.putShort(20, (short) 40_000).putShort(22, (short) 5201);
        packet.put(32, (byte) ((TCP / 4) << 4)).put(33, (byte) 0x10).putShort(34, (short) 500);
        long pseudo = Checksum.pseudoHeader(array, HEADROOM, 6, length - IP);
        packet.putShort(36, (short) Checksum.fold(pseudo));
        putVirtio(array);
        return array;
    }

    private static void putVirtio(byte[] array) {
        ByteBuffer header =
                ByteBuffer.wrap(array, HEADROOM - VIRTIO, VIRTIO)
                        .slice()
                        .order(java.nio.ByteOrder.LITTLE_ENDIAN);
        header.put(0, (byte) 1).put(1, (byte) 1).putShort(2, (short) HEADERS);
        header.putShort(4, (short) SEGMENT).putShort(6, (short) IP).putShort(8, (short) 16);
    }
}
