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
        int inner = of(array, offset);
        if (inner == NOT_ECT) {
            return false;
        }
        if (inner != CE) {
            put(array, offset, CE);
        }
        return true;
    }

    /**
     * Merges what an outer header told into the valid IP packet that came in it, and fixes the
     * packet's header checksum (RFC 6040 §4.2). False, changing nothing, when the packet must be
     * dropped: there was congestion, and its endpoints understand no mark.
     *
     * <pre>
     *       outer  Not-ECT   ECT(0)    ECT(1)    CE
     * Not-ECT      Not-ECT   Not-ECT   Not-ECT   drop
     * ECT(0)       ECT(0)    ECT(0)    ECT(1)    CE
     * ECT(1)       ECT(1)    ECT(1)    ECT(1)    CE
     * CE           CE        CE        CE        CE
     * </pre>
     *
     * @param outer the outer header's traffic class: the codepoint, whatever DSCP stands above it
     */
    public static boolean decapsulate(int outer, byte[] array, int offset) {
        int codepoint = outer & 0b11;
        if (codepoint == CE) {
            return markCe(array, offset);
        }
        if (codepoint == ECT1 && of(array, offset) == ECT0) {
            put(array, offset, ECT1);
        }
        return true;
    }

    private static void put(byte[] array, int offset, int codepoint) {
        if (IpPacket.isIpv6(array, offset)) {
            array[offset + 1] = (byte) ((array[offset + 1] & ~(0b11 << 4)) | (codepoint << 4));
            return;
        }
        int oldWord = BigEndian.getShort(array, offset);
        int newWord = (oldWord & ~0b11) | codepoint;
        BigEndian.putShort(array, offset, newWord);
        int checksum = Ipv4Header.checksum(array, offset);
        Ipv4Header.putChecksum(array, offset, Checksum.update(checksum, oldWord, newWord));
    }
}
