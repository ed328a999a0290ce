package io.culvert.ip;

import io.culvert.bytes.BigEndian;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * An IPv4 or IPv6 address. Immutable.
 *
 * @param high the first 64 bits; an IPv4 address stands in the upper half of them
 * @param low the last 64 bits; 0 for IPv4
 * @param isIpv6 whether it is an IPv6 address
 */
public record IpAddress(long high, long low, boolean isIpv6) {
    /** Refuses bits beyond an IPv4 address. */
    public IpAddress {
        if (!isIpv6 && ((int) high != 0 || low != 0)) {
            throw new IllegalArgumentException("an IPv4 address has 32 bits");
        }
    }

    /**
     * The address that {@code text} spells: four decimal numbers, or RFC 4291 §2.2. Never asks DNS.
     *
     * @throws IllegalArgumentException when it is neither
     */
    public static IpAddress parse(String text) {
        return AddressText.parse(text);
    }

    /** The address of 4 or 16 bytes. */
    public static IpAddress of(byte[] bytes) {
        if (bytes.length != 4 && bytes.length != 16) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length);
        }
        return of(bytes, 0, bytes.length == 16);
    }

    /** The address at {@code offset}: 16 bytes for IPv6, else 4. */
    public static IpAddress of(byte[] array, int offset, boolean isIpv6) {
        if (isIpv6) {
            return new IpAddress(
                    BigEndian.getLong(array, offset), BigEndian.getLong(array, offset + 8), true);
        }
        return new IpAddress((long) BigEndian.getInt(array, offset) << 32, 0, false);
    }

    /** The JDK's address as ours; a zone is dropped. */
    public static IpAddress of(InetAddress address) {
        return of(address.getAddress());
    }

    /** Length in bits: 32 or 128. */
    public int bits() {
        return isIpv6 ? 128 : 32;
    }

    /** The address's 4 or 16 bytes, a copy. */
    public byte[] toBytes() {
        byte[] bytes = new byte[bits() / 8];
        if (isIpv6) {
            BigEndian.putLong(bytes, 0, high);
            BigEndian.putLong(bytes, 8, low);
        } else {
            BigEndian.putInt(bytes, 0, (int) (high >>> 32));
        }
        return bytes;
    }

    /** The same as the JDK's address. */
    public InetAddress toInetAddress() {
        try {
            // getByAddress(bytes) would turn ::ffff:1.2.3.4 into an IPv4 address
            return isIpv6
                    ? Inet6Address.getByAddress(null, toBytes(), -1)
                    : InetAddress.getByAddress(toBytes());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 bytes are always an address", e);
        }
    }

    /** The canonical text: dotted decimal, or RFC 5952. */
    @Override
    public String toString() {
        return AddressText.format(this);
    }
}
