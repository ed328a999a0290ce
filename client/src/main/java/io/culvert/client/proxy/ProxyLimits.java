package io.culvert.client.proxy;

import java.util.concurrent.TimeUnit;

/**
 * How much the proxy takes on, and how long it waits. Immutable.
 *
 * @param mostFlows flows at once, of all kinds; one more is refused
 * @param handshakeNs from a connection's first moment until it has said what it wants
 * @param connectNs from the request until the target has answered, with all its addresses
 * @param idleNs how long a TCP flow may be quiet
 * @param udpIdleNs how long a flow of datagrams may be quiet (RFC 4787 REQ-5: at least 2 minutes)
 */
public record ProxyLimits(
        int mostFlows, long handshakeNs, long connectNs, long idleNs, long udpIdleNs) {
    private static final int DEFAULT_FLOWS = 10_000;

    /** What nobody should need to change. */
    public static final ProxyLimits DEFAULT =
            new ProxyLimits(
                    DEFAULT_FLOWS,
                    TimeUnit.SECONDS.toNanos(20),
                    TimeUnit.SECONDS.toNanos(30),
                    TimeUnit.HOURS.toNanos(4),
                    TimeUnit.MINUTES.toNanos(5));

    /** Refuses limits that let nothing through. */
    public ProxyLimits {
        if (mostFlows < 1
                || Math.min(handshakeNs, connectNs) < 1
                || Math.min(idleNs, udpIdleNs) < 4) {
            throw new IllegalArgumentException("limits are positive");
        }
    }

    /** The same with another number of flows. */
    public ProxyLimits withFlows(int flows) {
        return new ProxyLimits(flows, handshakeNs, connectNs, idleNs, udpIdleNs);
    }
}
