package io.culvert.ip;

import io.culvert.bytes.BigEndian;
import java.security.SecureRandom;

/**
 * Hash of a packet's flow: addresses, protocol and ports; of fragments the addresses only, so that
 * all parts stay together. Keyed by a seed that is drawn once a process, so that nobody outside can
 * aim flows at one bucket. Thread-safe (stateless).
 */
public final class FlowHash {
    private static final long SEED = new SecureRandom().nextLong();

    private FlowHash() {}

    /** The hash of the packet; any bytes are taken, what is no IP packet is one flow. */
    public static int of(byte[] array, int offset, int length) {
        return of(SEED, array, offset, length);
    }

    /** The hash under a given seed. */
    public static int of(long seed, byte[] array, int offset, int length) {
        if (IpPacket.check(array, offset, length) == IpPacket.BAD) {
            return (int) mix(seed, 0);
        }
        boolean isIpv6 = IpPacket.isIpv6(array, offset);
        long hash = seed;
        int source = offset + (isIpv6 ? Ipv6Header.SOURCE : Ipv4Header.SOURCE);
        int end = source + (isIpv6 ? 32 : 8);
        for (int at = source; at < end; at += 8) {
            hash = mix(hash, BigEndian.getLong(array, at));
        }
        int transport = isIpv6 ? Ipv6Header.LENGTH : Ipv4Header.headerLength(array, offset);
        if (!isIpv6 && Ipv4Header.isFragment(array, offset)) {
            return (int) (hash >>> 32);
        }
        int protocol =
                isIpv6 ? Ipv6Header.nextHeader(array, offset) : Ipv4Header.protocol(array, offset);
        if (isIpv6 && protocol == Ipv6Header.FRAGMENT) {
            return (int) (hash >>> 32);
        }
        boolean hasPorts = protocol == IpPacket.TCP || protocol == IpPacket.UDP;
        boolean hasRoom = length >= transport + 4;
        int ports = hasPorts && hasRoom ? BigEndian.getInt(array, offset + transport) : 0;
        long last = ((long) protocol << 32) + Integer.toUnsignedLong(ports);
        return (int) (mix(hash, last) >>> 32);
    }

    /** Which of so many buckets a hash belongs to. */
    public static int bucket(int hash, int buckets) {
        return (int) ((Integer.toUnsignedLong(hash) * buckets) >>> 32);
    }

    private static long mix(long hash, long word) {
        long product = (hash ^ word) * 0x9e37_79b9_7f4a_7c15L;
        product ^= product >>> 32;
        product *= 0xd6e8_feb8_6659_fd93L;
        return product ^ product >>> 29;
    }
}
