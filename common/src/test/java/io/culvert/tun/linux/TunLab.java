package io.culvert.tun.linux;

import io.culvert.bytes.BigEndian;
import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.libc.Epoll;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A device's surroundings: its address, local programs that use it, and crafted packets. */
final class TunLab {
    static final String OWN = "198.51.100.1";
    static final String PEER = "198.51.100.2";

    private static final int IP_HEADER = 20;
    private static final long PATIENCE_NS = 5_000_000_000L;

    private final String name;

    TunLab(String name) {
        this.name = name;
    }

    static String freeName() {
        return "cvt" + Integer.toHexString(ThreadLocalRandom.current().nextInt(0x1000, 0x10000));
    }

    String name() {
        return name;
    }

    /** Where the kernel shows the interface while it exists. */
    Path folder() {
        return Path.of("/sys/class/net", name);
    }

    void bringUp() throws IOException, InterruptedException {
        ip("address", "add", OWN + "/30", "dev", name);
        ip("link", "set", name, "mtu", "1420", "up");
    }

    static void ip(String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = "ip";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed");
        }
    }

    Process ping() throws IOException {
        return new ProcessBuilder("ping", "-n", "-c", "1", "-W", "5", PEER)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** The next packet of the wanted kind, within some seconds; others are thrown away. */
    Packet await(LinuxTun tun, PacketPool pool, Predicate<Packet> wanted) throws IOException {
        long deadlineNs = System.nanoTime() + PATIENCE_NS;
        try (Epoll epoll = Epoll.open(1)) {
            epoll.add(tun.fd(), Epoll.IN, 0);
            while (System.nanoTime() < deadlineNs) {
                Packet packet = tun.read(pool);
                if (packet == null) {
                    epoll.await((int) TimeUnit.NANOSECONDS.toMillis(PATIENCE_NS));
                } else if (wanted.test(packet)) {
                    return packet;
                } else {
                    packet.release();
                }
            }
        }
        throw new AssertionError("no packet of the wanted kind came");
    }

    /** Sends on a connection whose other end the test plays; the largest packet's bytes. */
    Packet largest(LinuxTun tun, PacketPool pool, SocketChannel sender, ByteBuffer content)
            throws IOException {
        Packet largest = pool.lease(1);
        long deadlineNs = System.nanoTime() + PATIENCE_NS;
        try (Epoll epoll = Epoll.open(1)) {
            epoll.add(tun.fd(), Epoll.IN, 0);
            boolean unfinished = true;
            while (unfinished && System.nanoTime() < deadlineNs) {
                if (content.hasRemaining()) {
                    sender.write(content);
                }
                boolean waits = epoll.await(content.hasRemaining() ? 1 : 100) > 0;
                unfinished = waits || content.hasRemaining();
                Packet packet = tun.read(pool);
                if (packet != null && isTcp(packet)) {
                    largest = packet.length() > largest.length() ? copied(packet) : largest;
                    turnIntoAck(packet);
                    tun.write(packet.array(), packet.offset(), packet.length());
                }
                if (packet != null) {
                    packet.release();
                }
            }
        }
        return largest;
    }

    /** The packet with its virtio-net header, outside of the pool. */
    private static Packet copied(Packet packet) {
        Packet copy = Packet.copyOf(packet.toBytes());
        int header = Packet.OFFLOAD_LENGTH;
        System.arraycopy(
                packet.array(),
                packet.offset() - header,
                copy.array(),
                copy.offset() - header,
                header);
        return copy;
    }

    static boolean isEchoRequest(Packet packet) {
        return isIpv4(packet, 1) && packet.array()[packet.offset() + IP_HEADER] == 8;
    }

    static boolean isTcp(Packet packet) {
        return isIpv4(packet, 6);
    }

    private static boolean isIpv4(Packet packet, int protocol) {
        return packet.length() > IP_HEADER
                && packet.array()[packet.offset()] == 0x45
                && packet.array()[packet.offset() + 9] == protocol;
    }

    static void turnIntoEchoReply(Packet packet) {
        swapAddresses(packet);
        int icmp = packet.offset() + IP_HEADER;
        packet.array()[icmp] = 0;
        BigEndian.putShort(packet.array(), icmp + 2, 0);
        int sum = checksum(packet.array(), icmp, packet.length() - IP_HEADER, 0);
        BigEndian.putShort(packet.array(), icmp + 2, sum);
    }

    /** Answers a SYN: sequence 1000, a window of 64 KiB << 7, segments of 1380 bytes. */
    static void turnIntoSynAck(Packet packet) {
        byte[] array = packet.array();
        swapAddresses(packet);
        int tcp = packet.offset() + IP_HEADER;
        swapPorts(array, tcp);
        BigEndian.putInt(array, tcp + 8, BigEndian.getInt(array, tcp + 4) + 1);
        BigEndian.putInt(array, tcp + 4, 1000);
        array[tcp + 12] = 7 << 4;
        array[tcp + 13] = 0x12;
        BigEndian.putShort(array, tcp + 14, 0xffff);
        BigEndian.putInt(array, tcp + 16, 0);
        // options: maximum segment size 1380, no-operation, window scale 7
        BigEndian.putInt(array, tcp + 20, 0x02040000 | 1380);
        BigEndian.putInt(array, tcp + 24, 0x01030307);
        finishTcp(packet, 28);
        Arrays.fill(array, packet.offset() - Packet.OFFLOAD_LENGTH, packet.offset(), (byte) 0);
    }

    /** Says that all of the packet's payload came. */
    private static void turnIntoAck(Packet packet) {
        byte[] array = packet.array();
        int tcp = packet.offset() + IP_HEADER;
        int payload = packet.length() - IP_HEADER - (array[tcp + 12] >> 4 & 0xf) * 4;
        swapAddresses(packet);
        swapPorts(array, tcp);
        int sequence = BigEndian.getInt(array, tcp + 4);
        BigEndian.putInt(array, tcp + 4, BigEndian.getInt(array, tcp + 8));
        BigEndian.putInt(array, tcp + 8, sequence + payload);
        array[tcp + 12] = 5 << 4;
        array[tcp + 13] = 0x10;
        BigEndian.putShort(array, tcp + 14, 0xffff);
        BigEndian.putInt(array, tcp + 16, 0);
        finishTcp(packet, 20);
        Arrays.fill(array, packet.offset() - Packet.OFFLOAD_LENGTH, packet.offset(), (byte) 0);
    }

    private static void swapPorts(byte[] array, int tcp) {
        int source = BigEndian.getShort(array, tcp);
        BigEndian.putShort(array, tcp, BigEndian.getShort(array, tcp + 2));
        BigEndian.putShort(array, tcp + 2, source);
    }

    private static void finishTcp(Packet packet, int tcpLength) {
        byte[] array = packet.array();
        int offset = packet.offset();
        packet.set(offset, IP_HEADER + tcpLength);
        BigEndian.putShort(array, offset + 2, packet.length());
        BigEndian.putShort(array, offset + 10, 0);
        BigEndian.putShort(array, offset + 10, checksum(array, offset, IP_HEADER, 0));
        int pseudo = partialSum(array, offset + 12, 8) + 6 + tcpLength;
        int sum = checksum(array, offset + IP_HEADER, tcpLength, pseudo);
        BigEndian.putShort(array, offset + IP_HEADER + 16, sum);
    }

    private static void swapAddresses(Packet packet) {
        int at = packet.offset() + 12;
        int source = BigEndian.getInt(packet.array(), at);
        BigEndian.putInt(packet.array(), at, BigEndian.getInt(packet.array(), at + 4));
        BigEndian.putInt(packet.array(), at + 4, source);
    }

    private static int checksum(byte[] array, int offset, int length, int start) {
        int sum = start + partialSum(array, offset, length);
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return ~sum & 0xffff;
    }

    private static int partialSum(byte[] array, int offset, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            int value = array[offset + i] & 0xff;
            sum += (i & 1) == 0 ? value << 8 : value;
        }
        return sum;
    }

    /** An ICMP echo reply from the peer that nobody asked for; valid all the same. */
    static Packet echoReply() {
        byte[] content = new byte[IP_HEADER + 8];
        putIpv4(content, 1);
        BigEndian.putShort(content, IP_HEADER + 2, checksum(content, IP_HEADER, 8, 0));
        return Packet.copyOf(content);
    }

    /** A TCP super-packet from the peer, its checksum left to the kernel. */
    static Packet superPacket(int payload, int segment) {
        byte[] content = new byte[IP_HEADER + 20 + payload];
        putIpv4(content, 6);
        BigEndian.putShort(content, IP_HEADER, 4000);
        BigEndian.putShort(content, IP_HEADER + 2, 4001);
        content[IP_HEADER + 12] = 5 << 4;
        content[IP_HEADER + 13] = 0x10;
        int pseudo = partialSum(content, 12, 8) + 6 + 20 + payload;
        BigEndian.putShort(content, IP_HEADER + 16, (pseudo & 0xffff) + (pseudo >>> 16));
        Packet packet = Packet.copyOf(content);
        byte[] array = packet.array();
        int header = packet.offset() - Packet.OFFLOAD_LENGTH;
        array[header] = 1;
        array[header + 1] = 1;
        array[header + 2] = IP_HEADER + 20;
        array[header + 4] = (byte) segment;
        array[header + 5] = (byte) (segment >>> 8);
        array[header + 6] = IP_HEADER;
        array[header + 8] = 16;
        return packet;
    }

    private static void putIpv4(byte[] content, int protocol) {
        content[0] = 0x45;
        BigEndian.putShort(content, 2, content.length);
        content[8] = 64;
        content[9] = (byte) protocol;
        BigEndian.putInt(content, 12, 0xc6336402);
        BigEndian.putInt(content, 16, 0xc6336401);
        BigEndian.putShort(content, 10, checksum(content, 0, IP_HEADER, 0));
    }
}
