package io.culvert.uapi;

import java.time.Instant;

/**
 * Both clocks, read together. Immutable.
 *
 * @param nowNs monotonic
 * @param wall the time of day
 */
public record Moment(long nowNs, Instant wall) {}
