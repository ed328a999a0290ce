package io.culvert.server.web;

import java.time.Duration;

/**
 * How long and how many. Immutable.
 *
 * @param firstRequest from accepting a connection to the end of its first request's headers, TLS
 *     handshake included
 * @param idle how long a connection may say nothing, and may take for each later request's headers
 * @param proof from the upgrade until some peer must have been authenticated through a tunnel
 * @param maxConnections most connections at a time, tunnels included; more wait to be accepted
 * @param maxPerSource most of them from one address (IPv6: one /64), proxies and this machine apart
 */
public record WebLimits(
        Duration firstRequest,
        Duration idle,
        Duration proof,
        int maxConnections,
        int maxPerSource) {
    /** What a stranger's connection may make the gateway hold: messages in parts, TLS buffers. */
    private static final int HELD_BYTES = 112 << 10;

    private static final int MOST_CONNECTIONS = 8192;
    private static final int LEAST_CONNECTIONS = 256;
    private static final int SHARE = 8;

    /** What a gateway runs with. */
    public static final WebLimits USUAL = ofHeap(Runtime.getRuntime().maxMemory());

    /** As many connections as half of a heap can hold, an eighth of them for one source. */
    static WebLimits ofHeap(long heapBytes) {
        long held = heapBytes / 2 / HELD_BYTES;
        int connections = Math.clamp(held, LEAST_CONNECTIONS, MOST_CONNECTIONS);
        return new WebLimits(
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                connections,
                connections / SHARE);
    }
}
