package io.culvert.netstack;

import io.culvert.bytes.BigEndian;
import io.culvert.ip.IpAddress;
import io.culvert.ip.Ipv4Header;
import io.culvert.ip.Ipv6Header;

/** Writes IP headers from a flow's local end to its remote end. Thread-safe (stateless). */
final class IpWriter {
    private static final int HOPS = 64;
    private static final int DONT_FRAGMENT = 0x4000;

    private IpWriter() {}

    /** Length of the header that is written. */
    static int headerLength(boolean isIpv6) {
        return isIpv6 ? Ipv6Header.LENGTH : Ipv4Header.LENGTH;
    }

    /** Writes a header before {@code length} bytes of this protocol. */
    static void put(byte[] array, int at, FlowKey key, int protocol, int length) {
        if (key.isIpv6()) {
            BigEndian.putInt(array, at, 6 << 28);
            BigEndian.putShort(array, at + 4, length);
            BigEndian.putShort(array, at + 6, protocol << 8 | HOPS);
            putAddress(array, at + Ipv6Header.SOURCE, key.local().address());
            putAddress(array, at + Ipv6Header.DESTINATION, key.remote().address());
            return;
        }
        BigEndian.putShort(array, at, 0x4500);
        BigEndian.putShort(array, at + 2, Ipv4Header.LENGTH + length);
        // RFC 6864 §4.1: never fragmented, so the identification means nothing
        BigEndian.putInt(array, at + 4, DONT_FRAGMENT);
        BigEndian.putInt(array, at + 8, HOPS << 24 | protocol << 16);
        putAddress(array, at + Ipv4Header.SOURCE, key.local().address());
        putAddress(array, at + Ipv4Header.DESTINATION, key.remote().address());
        Ipv4Header.fixChecksum(array, at);
    }

    private static void putAddress(byte[] array, int at, IpAddress address) {
        if (address.isIpv6()) {
            BigEndian.putLong(array, at, address.high());
            BigEndian.putLong(array, at + 8, address.low());
        } else {
            BigEndian.putInt(array, at, (int) (address.high() >>> 32));
        }
    }
}
