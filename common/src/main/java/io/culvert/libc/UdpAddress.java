package io.culvert.libc;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * One end of a datagram's way, as the kernel has it: an IPv6 address, or an IPv4-mapped one (RFC
 * 4291 §2.5.5.2). Immutable.
 *
 * @param high the address's first 64 bits
 * @param low its last 64 bits
 * @param port 0 to 65,535
 * @param link the interface's index where the address means something on one link only, else 0
 */
public record UdpAddress(long high, long low, int port, int link) {
    /** No address, no port. */
    public static final UdpAddress NONE = new UdpAddress(0, 0, 0, 0);

    private static final long MAPPED = 0x0000_ffff_0000_0000L;
    private static final int IPV6_LENGTH = 16;

    /** The same as the JDK's, which must be resolved. */
    public static UdpAddress of(InetSocketAddress address) {
        return of(address.getAddress(), address.getPort());
    }

    /** An address and a port. */
    public static UdpAddress of(InetAddress address, int port) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        if (address instanceof Inet6Address v6) {
            return new UdpAddress(bytes.getLong(0), bytes.getLong(8), port, v6.getScopeId());
        }
        return new UdpAddress(0, MAPPED | Integer.toUnsignedLong(bytes.getInt(0)), port, 0);
    }

    /** Whether it is an IPv4 address. */
    public boolean isIpv4() {
        return high == 0 && (low & 0xffff_ffff_0000_0000L) == MAPPED;
    }

    /** Whether it means something on one link only. */
    public boolean isLinkLocal() {
        return high >>> 54 == 0xfe80 >>> 6;
    }

    /** The JDK's kind; an IPv4 address is one there. */
    public InetSocketAddress toSocketAddress() {
        byte[] bytes = new byte[IPV6_LENGTH];
        ByteBuffer.wrap(bytes).putLong(high).putLong(low);
        try {
            boolean hasLink = isLinkLocal() && link != 0;
            InetAddress address = // four mapped bytes become an Inet4Address
                    hasLink
                            ? Inet6Address.getByAddress(null, bytes, link)
                            : InetAddress.getByAddress(bytes);
            return new InetSocketAddress(address, port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("16 bytes are an address", e);
        }
    }
}
