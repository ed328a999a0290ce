package io.culvert.tunnel;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A token bucket per source for handshake messages under load (paper §5.3). The more sources there
 * are, the slower all buckets fill, so that together they have no more than {@link
 * Tuning#RATE_SHARED_PER_SECOND}; who comes seldom finds its bucket full all the same. Bounded:
 * when it is full, unknown sources are refused. Confined to the engine.
 */
final class RateLimiter {
    private static final long LEAST_COST_NS = Timing.SECOND_NS / Tuning.RATE_PER_SECOND;

    /** An honest one calls no more often. */
    private static final long MOST_COST_NS = Timing.REKEY_TIMEOUT_NS;

    private static final int IPV4_LENGTH = 6;
    private static final int IPV6_LENGTH = 18;
    private static final byte LOOPBACK_NET = 127;
    private static final byte[] LOOPBACK = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private final Map<ByteBuffer, Bucket> buckets = new HashMap<>();
    private final int maxSources;

    // meaningless until the first message: the clock may begin anywhere
    private boolean hasBegun;
    private long sweptNs;

    RateLimiter(int maxSources) {
        this.maxSources = maxSources;
    }

    /** Whether a source may be served once more. The address is without port, see {@link #key}. */
    boolean allow(byte[] source, long nowNs) {
        if (!hasBegun || nowNs - sweptNs >= Timing.SECOND_NS) {
            hasBegun = true;
            sweptNs = nowNs;
            long fullNs = costNs() * Tuning.RATE_BURST;
            buckets.values().removeIf(bucket -> nowNs - bucket.sinceNs >= fullNs);
        }
        ByteBuffer key = key(source);
        Bucket bucket = buckets.get(key);
        if (bucket == null) {
            if (buckets.size() >= maxSources) {
                return false;
            }
            bucket = new Bucket(nowNs);
            buckets.put(key, bucket);
        }
        return bucket.take(nowNs, costNs());
    }

    /** How long a bucket fills for one message. */
    private long costNs() {
        long sharedNs = buckets.size() * (Timing.SECOND_NS / Tuning.RATE_SHARED_PER_SECOND);
        return Math.clamp(sharedNs, LEAST_COST_NS, MOST_COST_NS);
    }

    int sources() {
        return buckets.size();
    }

    /**
     * What a source is limited by: the whole IPv4 address, the first 64 bits of an IPv6 one; the
     * port is left out. Not so on this machine, where a proxy or relay stands for many, one by each
     * port; and not where the source is no address and stands for one connection.
     */
    private static ByteBuffer key(byte[] source) {
        int length =
                switch (source.length) {
                    case IPV4_LENGTH -> source[0] == LOOPBACK_NET ? IPV4_LENGTH : 4;
                    case IPV6_LENGTH -> isLoopback(source) ? IPV6_LENGTH : 8;
                    default -> source.length;
                };
        return ByteBuffer.wrap(Arrays.copyOf(source, length));
    }

    private static boolean isLoopback(byte[] source) {
        return Arrays.equals(source, 0, LOOPBACK.length, LOOPBACK, 0, LOOPBACK.length);
    }

    /** A bucket that was last looked at some time ago. */
    private static final class Bucket {
        private double messages = Tuning.RATE_BURST;
        private long sinceNs;

        Bucket(long nowNs) {
            sinceNs = nowNs;
        }

        boolean take(long nowNs, long costNs) {
            double filled = (double) Math.max(0, nowNs - sinceNs) / costNs;
            messages = Math.min(Tuning.RATE_BURST, messages + filled);
            sinceNs = nowNs;
            if (messages < 1) {
                return false;
            }
            messages--;
            return true;
        }
    }
}
