package io.culvert.client.proxy;

import java.time.Instant;

/**
 * What {@code show} tells of a flow. Immutable.
 *
 * @param source who opened it, as text
 * @param target what was asked for, as text
 * @param sentBytes towards the target
 * @param receivedBytes from the target
 */
public record FlowInfo(
        FlowKind kind,
        String source,
        String target,
        long sentBytes,
        long receivedBytes,
        Instant since) {}
