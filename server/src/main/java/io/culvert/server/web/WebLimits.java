package io.culvert.server.web;

import java.time.Duration;

/**
 * How long and how many. Immutable.
 *
 * <p>Of the heap a half is what strangers may make the gateway hold, and a third what its peers'
 * tunnels hold. The launcher gives a gateway a quarter of the machine's memory, between 256 MB and
 * 1 GB: so 3,600 to 14,500 tunnels.
 *
 * @param firstRequest from accepting a connection to the end of its first request's headers, TLS
 *     handshake included
 * @param idle how long a connection may say nothing, and may take for each later request's headers
 * @param proof from the upgrade until some peer must have been authenticated through a tunnel
 * @param maxStrangers most connections at a time through which no peer was heard; more wait to be
 *     accepted
 * @param maxTunnels most connections of peers besides; more are taken for strangers
 * @param maxPerSource most of all from one address (IPv6: one /64), proxies and this machine apart
 */
public record WebLimits(
        Duration firstRequest,
        Duration idle,
        Duration proof,
        int maxStrangers,
        int maxTunnels,
        int maxPerSource) {
    /** What a stranger's connection may make the gateway hold: messages in parts, TLS buffers. */
    private static final int HELD_BYTES = 112 << 10;

    /** What a tunnel holds that has nothing to do, with its peer and its share of garbage. */
    private static final int TUNNEL_BYTES = 24 << 10;

    private static final int MOST_STRANGERS = 8192;
    private static final int LEAST_STRANGERS = 256;
    private static final int MOST_TUNNELS = 65_536;
    private static final int SHARE = 8;

    /** What a gateway runs with. */
    public static final WebLimits USUAL = ofHeap(Runtime.getRuntime().maxMemory());

    /** As many as a heap can hold; for one source an eighth of the strangers' places. */
    static WebLimits ofHeap(long heapBytes) {
        long held = heapBytes / 2 / HELD_BYTES;
        int strangers = Math.clamp(held, LEAST_STRANGERS, MOST_STRANGERS);
        int tunnels = Math.clamp(heapBytes / 3 / TUNNEL_BYTES, 0, MOST_TUNNELS);
        return new WebLimits(
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                strangers,
                tunnels,
                strangers / SHARE);
    }
}
