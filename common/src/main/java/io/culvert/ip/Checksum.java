package io.culvert.ip;

import io.culvert.bytes.BigEndian;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The Internet checksum (RFC 1071): ones-complement sums of 16-bit words. A sum in the making is a
 * {@code long} that starts at 0 and is good for more than 2 GiB of data. Thread-safe (stateless).
 *
 * <p>Sums are of big-endian words, added eight bytes at a time: 2¹⁶ ≡ 1 (mod 2¹⁶ − 1), so the words
 * of a wider addend may be folded together at the end (RFC 1071 §2 (C)).
 */
public final class Checksum {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final long LOW = 0xffff_ffffL;

    private Checksum() {}

    /** Adds the bytes to a sum. An odd last byte counts as the upper half of a word. */
    public static long add(long sum, byte[] array, int offset, int length) {
        long total = sum;
        int at = offset;
        int end = offset + length;
        for (; at + 32 <= end; at += 32) { // four loads in flight: a third less time
            long a = (long) LONG.get(array, at);
            long b = (long) LONG.get(array, at + 8);
            long c = (long) LONG.get(array, at + 16);
            long d = (long) LONG.get(array, at + 24);
            long upper = (a >>> 32) + (b >>> 32) + (c >>> 32) + (d >>> 32);
            long lower = (a & LOW) + (b & LOW) + (c & LOW) + (d & LOW);
            total += upper + lower;
        }
        for (; at + 8 <= end; at += 8) {
            long words = (long) LONG.get(array, at);
            total += (words >>> 32) + (words & LOW);
        }
        for (; at + 2 <= end; at += 2) {
            total += BigEndian.getShort(array, at);
        }
        if (at < end) {
            total += (array[at] & 0xff) << 8;
        }
        return total;
    }

    /** The sum in 16 bits. */
    public static int fold(long sum) {
        long folded = (sum >>> 32) + (sum & 0xffff_ffffL);
        folded = (folded >>> 32) + (folded & 0xffff_ffffL);
        folded = (folded >>> 16) + (folded & 0xffff);
        folded = (folded >>> 16) + (folded & 0xffff);
        return (int) ((folded >>> 16) + (folded & 0xffff));
    }

    /** The checksum that makes the whole sum to 0xffff: the complement. */
    public static int finish(long sum) {
        return ~fold(sum) & 0xffff;
    }

    /**
     * The sum of the pseudo header (RFC 9293 §3.1, RFC 8200 §8.1) of the IP packet at {@code
     * packet} whose payload has this protocol and length.
     */
    public static long pseudoHeader(byte[] array, int packet, int protocol, int length) {
        boolean isIpv6 = IpPacket.isIpv6(array, packet);
        int source = packet + (isIpv6 ? Ipv6Header.SOURCE : Ipv4Header.SOURCE);
        return add((long) protocol + length, array, source, isIpv6 ? 32 : 8);
    }

    /** The checksum after one 16-bit word of its range changed (RFC 1624 equation 3). */
    public static int update(int checksum, int oldWord, int newWord) {
        return finish((long) (~checksum & 0xffff) + (~oldWord & 0xffff) + (newWord & 0xffff));
    }
}
