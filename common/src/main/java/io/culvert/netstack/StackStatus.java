package io.culvert.netstack;

import java.util.List;

/**
 * A stack at one moment, for {@code show}. Immutable.
 *
 * @param tcp the TCP flows
 * @param pending openings that nobody has answered
 * @param timeWaits connections that linger
 * @param udpFlows UDP flows
 * @param bufferBytes what the TCP flows' buffers take up
 * @param fragmentBytes fragments that wait for others
 */
public record StackStatus(
        List<FlowStatus> tcp,
        int pending,
        int timeWaits,
        int udpFlows,
        long bufferBytes,
        int fragmentBytes) {
    /** Copies the list. */
    public StackStatus {
        tcp = List.copyOf(tcp);
    }
}
