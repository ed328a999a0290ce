package io.culvert.server.exit;

import java.time.Instant;

/**
 * What {@code show} tells of a flow. Immutable.
 *
 * @param kind {@code tcp}, {@code udp}, {@code ping} or {@code dns}
 * @param source the peer's end
 * @param target where it goes
 * @param sentBytes towards the target
 * @param receivedBytes from the target
 */
public record ExitFlow(
        String kind,
        String source,
        String target,
        long sentBytes,
        long receivedBytes,
        Instant since) {}
