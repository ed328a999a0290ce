package io.culvert.ip;

/**
 * An address and how many of its leading bits count: {@code 10.0.0.0/8}. Bits beyond the length are
 * kept as given (an interface's address has them) until {@link #masked}. Immutable.
 *
 * @param ip the address
 * @param length how many leading bits count
 */
public record IpPrefix(IpAddress ip, int length) {
    /** Refuses a length that the address does not have. */
    public IpPrefix {
        if (length < 0 || length > ip.bits()) {
            throw new IllegalArgumentException(
                    "'" + ip + "/" + length + "': the length is from 0 to " + ip.bits());
        }
    }

    /**
     * The prefix that {@code text} spells, {@code address/length}, or a lone address.
     *
     * @throws IllegalArgumentException when it is neither
     */
    public static IpPrefix parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return of(IpAddress.parse(text));
        }
        IpAddress ip = IpAddress.parse(text.substring(0, slash));
        String digits = text.substring(slash + 1);
        if (!digits.matches("0|[1-9][0-9]{0,2}")) {
            throw new IllegalArgumentException(
                    "'" + text + "': after '/' a length from 0 to " + ip.bits() + " is expected");
        }
        return new IpPrefix(ip, Integer.parseInt(digits));
    }

    /** The prefix that holds this address only. */
    public static IpPrefix of(IpAddress ip) {
        return new IpPrefix(ip, ip.bits());
    }

    /** The address's 4 or 16 bytes, a copy. */
    public byte[] address() {
        return ip.toBytes();
    }

    /** Whether it is an IPv6 prefix. */
    public boolean isIpv6() {
        return ip.isIpv6();
    }

    /** The same with the bits beyond the length cleared. */
    public IpPrefix masked() {
        long high = ip.high() & highMask(length);
        long low = ip.low() & lowMask(length);
        return new IpPrefix(new IpAddress(high, low, isIpv6()), length);
    }

    /** Whether the address lies in this prefix. */
    public boolean contains(IpAddress other) {
        return isIpv6() == other.isIpv6()
                && ((ip.high() ^ other.high()) & highMask(length)) == 0
                && ((ip.low() ^ other.low()) & lowMask(length)) == 0;
    }

    /** Whether every address of {@code other} lies in this prefix. */
    public boolean contains(IpPrefix other) {
        return other.length >= length && contains(other.ip);
    }

    /** The first 64 bits of the mask of this length. */
    private static long highMask(int length) {
        return length == 0 ? 0 : -1L << (64 - Math.min(length, 64));
    }

    private static long lowMask(int length) {
        return length <= 64 ? 0 : -1L << (128 - length);
    }

    /** The canonical text, always with the length. */
    @Override
    public String toString() {
        return ip + "/" + length;
    }
}
