package io.culvert.netstack;

import io.culvert.ip.IpAddress;
import io.culvert.stats.Drops;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What a {@link NetStack} is made of. Immutable, as far as its parts are.
 *
 * @param addresses the stack's own, of both families; the first of a family is the source of what
 *     it opens
 * @param link what lies outside
 * @param limits how much it holds
 * @param timings how long it waits
 * @param secrets what nobody outside may foretell
 * @param drops where it counts what it drops
 */
public record StackSetup(
        List<IpAddress> addresses,
        Link link,
        StackLimits limits,
        TcpTimings timings,
        Secrets secrets,
        Drops drops) {
    /** Copies the addresses. */
    public StackSetup {
        addresses = List.copyOf(addresses);
    }

    /**
     * What lies outside of the stack.
     *
     * @param mtuBytes the longest ordinary packet, in and out
     * @param hasSuperPackets whether TCP super-packets and partial checksums may be given out
     * @param isTransit whether packets to any destination end here: the gateway's end
     */
    public record Link(int mtuBytes, boolean hasSuperPackets, boolean isTransit) {
        private static final int LEAST_MTU = 576;

        /** Refuses an MTU below what IPv4 guarantees, and one beyond a packet's length. */
        public Link {
            if (mtuBytes < LEAST_MTU || mtuBytes > 0xffff) {
                throw new IllegalArgumentException("MTU " + mtuBytes);
            }
        }
    }

    /**
     * What nobody outside may foretell.
     *
     * @param random for identifications and ports
     * @param key for initial sequence numbers, of this process alone
     */
    public record Secrets(RandomGenerator random, Key key) {}

    /** Sixteen random bytes. Immutable. */
    public static final class Key {
        private final SipHash hash;

        /** Takes a copy of the first sixteen bytes. */
        public Key(byte[] bytes) {
            hash = new SipHash(bytes);
        }

        SipHash hash() {
            return hash;
        }
    }
}
