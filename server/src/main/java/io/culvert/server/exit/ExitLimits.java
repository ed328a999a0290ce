package io.culvert.server.exit;

/**
 * How much peers may hold open. Immutable.
 *
 * @param flowsPerPeer flows of one peer at a time
 * @param newFlowsPerSecond of one peer; as many at once
 * @param allFlows of all peers: what descriptors there are for
 */
public record ExitLimits(int flowsPerPeer, int newFlowsPerSecond, int allFlows) {
    /** Refuses limits that let nothing through. */
    public ExitLimits {
        if (flowsPerPeer < 1 || newFlowsPerSecond < 1 || allFlows < 1) {
            throw new IllegalArgumentException("limits below 1");
        }
    }
}
