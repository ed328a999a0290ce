package io.culvert.server.web;

import java.time.Duration;

/**
 * How long and how many. Immutable.
 *
 * @param firstRequest from accepting a connection to the end of its first request's headers, TLS
 *     handshake included
 * @param idle how long a connection may say nothing, and may take for each later request's headers
 * @param maxConnections most connections at a time, tunnels included; more wait to be accepted
 */
public record WebLimits(Duration firstRequest, Duration idle, int maxConnections) {
    /** What a gateway runs with. */
    public static final WebLimits USUAL =
            new WebLimits(Duration.ofSeconds(10), Duration.ofSeconds(30), 8192);
}
