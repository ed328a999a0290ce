package io.culvert.bench.swarm;

import io.culvert.bytes.BigEndian;
import io.culvert.ip.Checksum;
import io.culvert.ip.Ipv4Header;
import java.util.Arrays;

/**
 * An ICMP echo as {@code ping} sends it, with the time in its payload.
 *
 * <pre>
 * IPv4 header    20 bytes
 * type, code     8 or 0, 0
 * checksum       2 bytes
 * identifier     2 bytes, 0
 * round          2 bytes: which measurement it belongs to
 * time           8 bytes, monotonic ns
 * (zeros)        48 bytes
 * </pre>
 */
final class Echo {
    /** Of the whole packet. */
    static final int LENGTH = 84;

    private static final int PROTOCOL = 1;
    private static final int TTL = 64;
    private static final int REQUEST = 8;
    private static final int ICMP = Ipv4Header.LENGTH;
    private static final int CHECKSUM = ICMP + 2;
    private static final int ROUND = ICMP + 6;
    private static final int TIME = ICMP + 8;

    private Echo() {}

    /** Writes a request; its length. */
    static int write(byte[] array, int at, int source, int destination, Stamp stamp) {
        Arrays.fill(array, at, at + LENGTH, (byte) 0);
        array[at] = 0x45;
        BigEndian.putShort(array, at + 2, LENGTH);
        array[at + 8] = TTL;
        array[at + 9] = PROTOCOL;
        BigEndian.putInt(array, at + Ipv4Header.SOURCE, source);
        BigEndian.putInt(array, at + Ipv4Header.DESTINATION, destination);
        Ipv4Header.fixChecksum(array, at);
        array[at + ICMP] = REQUEST;
        BigEndian.putShort(array, at + ROUND, stamp.round);
        BigEndian.putLong(array, at + TIME, stamp.sentNs);
        long sum = Checksum.add(0, array, at + ICMP, LENGTH - ICMP);
        BigEndian.putShort(array, at + CHECKSUM, Checksum.finish(sum));
        return LENGTH;
    }

    /** Whether the packet answers one; then the stamp is that of what it answers. */
    static boolean read(byte[] array, int at, int length, Stamp stamp) {
        boolean isAnswer =
                length == LENGTH
                        && array[at] == 0x45
                        && array[at + 9] == PROTOCOL
                        && array[at + ICMP] == 0;
        if (isAnswer) {
            stamp.round = BigEndian.getShort(array, at + ROUND);
            stamp.sentNs = BigEndian.getLong(array, at + TIME);
        }
        return isAnswer;
    }

    /** What an echo carries. Mutable, so that none is made for each packet. */
    static final class Stamp {
        int round;
        long sentNs;
    }
}
