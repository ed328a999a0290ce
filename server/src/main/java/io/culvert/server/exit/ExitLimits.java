package io.culvert.server.exit;

/**
 * How much peers may hold open. Immutable.
 *
 * @param flowsPerPeer flows of one peer at a time
 * @param newFlowsPerSecond of one peer; as many at once
 * @param bytesPerSecond of one peer, each way; 0: as many as there come
 * @param allFlows of all peers: what descriptors there are for
 */
public record ExitLimits(
        int flowsPerPeer, int newFlowsPerSecond, long bytesPerSecond, int allFlows) {
    /** Refuses limits that let nothing through. */
    public ExitLimits {
        if (Math.min(flowsPerPeer, newFlowsPerSecond) < 1 || allFlows < 1 || bytesPerSecond < 0) {
            throw new IllegalArgumentException("limits below 1");
        }
    }
}
