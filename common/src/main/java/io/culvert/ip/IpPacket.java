package io.culvert.ip;

/** What IPv4 and IPv6 packets have in common. Thread-safe (stateless). */
public final class IpPacket {
    /** Answer of {@link #check} for what is not a valid packet. */
    public static final int BAD = -1;

    /** Protocol number of TCP. */
    public static final int TCP = 6;

    /** Protocol number of UDP. */
    public static final int UDP = 17;

    private IpPacket() {}

    /**
     * Length of the IP packet at {@code offset} by its own length field: what follows it is
     * padding. {@link #BAD} when version, header length or total length do not fit.
     */
    public static int check(byte[] array, int offset, int length) {
        if (length < Ipv4Header.LENGTH) {
            return BAD;
        }
        return switch (array[offset] >>> 4 & 0xf) {
            case 4 -> checkIpv4(array, offset, length);
            case 6 -> checkIpv6(array, offset, length);
            default -> BAD;
        };
    }

    private static int checkIpv4(byte[] array, int offset, int length) {
        int headerLength = Ipv4Header.headerLength(array, offset);
        int total = Ipv4Header.totalLength(array, offset);
        boolean isValid =
                headerLength >= Ipv4Header.LENGTH && total >= headerLength && total <= length;
        return isValid ? total : BAD;
    }

    private static int checkIpv6(byte[] array, int offset, int length) {
        if (length < Ipv6Header.LENGTH) {
            return BAD;
        }
        // an int: in 16 bits a payload length from 65496 on would wrap around
        int total = Ipv6Header.LENGTH + Ipv6Header.payloadLength(array, offset);
        return total <= length ? total : BAD;
    }

    /** Whether the version field says 6. */
    public static boolean isIpv6(byte[] array, int offset) {
        return (array[offset] >>> 4 & 0xf) == 6;
    }
}
