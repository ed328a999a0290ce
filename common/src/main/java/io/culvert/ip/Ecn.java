package io.culvert.ip;

import io.culvert.bytes.BigEndian;

/** Explicit congestion notification in the IP header (RFC 3168 §5). Thread-safe (stateless). */
public final class Ecn {
    /** The endpoints do not understand marks. */
    public static final int NOT_ECT = 0b00;

    /** Capable, second codepoint (L4S, RFC 9331). */
    public static final int ECT1 = 0b01;

    /** Capable. */
    public static final int ECT0 = 0b10;

    /** Congestion experienced. */
    public static final int CE = 0b11;

    private Ecn() {}

    /** The codepoint of the valid IP packet at {@code offset}. */
    public static int of(byte[] array, int offset) {
        int trafficClass =
                IpPacket.isIpv6(array, offset)
                        ? Ipv6Header.trafficClass(array, offset)
                        : Ipv4Header.trafficClass(array, offset);
        return trafficClass & 0b11;
    }

    /**
     * Marks the valid IP packet at {@code offset} with CE and fixes its header checksum; false,
     * changing nothing, when it is not ECN-capable.
     */
    public static boolean markCe(byte[] array, int offset) {
        if (of(array, offset) == NOT_ECT) {
            return false;
        }
        if (IpPacket.isIpv6(array, offset)) {
            array[offset + 1] |= 0b11 << 4;
            return true;
        }
        int oldWord = BigEndian.getShort(array, offset);
        array[offset + 1] |= CE;
        int checksum = Ipv4Header.checksum(array, offset);
        Ipv4Header.putChecksum(array, offset, Checksum.update(checksum, oldWord, oldWord | CE));
        return true;
    }
}
