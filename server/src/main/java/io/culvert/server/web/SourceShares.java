package io.culvert.server.web;

import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * How many places each source holds, so that none takes them all. A source is an IPv4 address or,
 * as one subscriber gets that many, an IPv6 /64. Thread-safe.
 */
final class SourceShares {
    private static final int SUBSCRIBER_BITS = 64;

    private final int most;
    private final Predicate<IpAddress> exempt;
    private final Map<IpPrefix, Integer> held = new ConcurrentHashMap<>();

    /**
     * Nothing is held yet.
     *
     * @param most places of one source
     * @param exempt sources that stand for many, such as proxies
     */
    SourceShares(int most, Predicate<IpAddress> exempt) {
        this.most = most;
        this.exempt = exempt;
    }

    /** Whether the address stands for many. */
    boolean isExempt(IpAddress address) {
        return exempt.test(address);
    }

    /** Takes a place; false when the source has its share already. */
    boolean enter(IpAddress address) {
        if (exempt.test(address)) {
            return true;
        }
        int[] before = {0};
        held.compute(
                source(address),
                (_, count) -> {
                    before[0] = count == null ? 0 : count;
                    return Math.min(before[0] + 1, most);
                });
        return before[0] < most;
    }

    /** Gives back a place that was taken. */
    void leave(IpAddress address) {
        if (!exempt.test(address)) {
            held.computeIfPresent(source(address), (_, count) -> count == 1 ? null : count - 1);
        }
    }

    /** How many sources hold places. */
    int sources() {
        return held.size();
    }

    private static IpPrefix source(IpAddress address) {
        int bits = address.isIpv6() ? SUBSCRIBER_BITS : Integer.SIZE;
        return new IpPrefix(address, bits).masked();
    }
}
