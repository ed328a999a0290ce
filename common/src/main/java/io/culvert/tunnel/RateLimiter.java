package io.culvert.tunnel;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * A token bucket per source for handshake messages under load (paper §5.3). Bounded: when it is
 * full, unknown sources are refused. Confined to the engine.
 */
final class RateLimiter {
    private static final long COST_NS = Timing.SECOND_NS / Tuning.RATE_PER_SECOND;
    private static final long FULL_NS = COST_NS * Tuning.RATE_BURST;

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
            buckets.values().removeIf(bucket -> nowNs - bucket.sinceNs >= FULL_NS);
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
        return bucket.take(nowNs);
    }

    int sources() {
        return buckets.size();
    }

    /**
     * What a source is limited by: the whole IPv4 address, the first 64 bits of an IPv6 one; the
     * port is left out.
     *
     * @param source address and port, 6 or 18 bytes
     */
    private static ByteBuffer key(byte[] source) {
        int length = Math.min(source.length >= 16 ? 8 : 4, source.length);
        return ByteBuffer.wrap(java.util.Arrays.copyOf(source, length));
    }

    /** Tokens as time: full at {@link #FULL_NS}, one message costs {@link #COST_NS}. */
    private static final class Bucket {
        private long tokensNs = FULL_NS;
        private long sinceNs;

        Bucket(long nowNs) {
            sinceNs = nowNs;
        }

        boolean take(long nowNs) {
            tokensNs = Math.min(FULL_NS, tokensNs + Math.max(0, nowNs - sinceNs));
            sinceNs = nowNs;
            if (tokensNs < COST_NS) {
                return false;
            }
            tokensNs -= COST_NS;
            return true;
        }
    }
}
