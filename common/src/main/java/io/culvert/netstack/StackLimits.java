package io.culvert.netstack;

/**
 * How much of everything a stack holds at most. Immutable.
 *
 * @param flows TCP connections, and as many UDP flows
 * @param pending openings that the application has not answered
 * @param pendingNs how long those wait
 * @param perRemote flows and openings that one remote address may have begun
 * @param timeWaits connections that linger after their end
 * @param bufferBytes send and receive buffers of all flows
 * @param flowBufferBytes each of the two buffers of one flow
 * @param reassemblyBytes fragments that wait for others
 * @param datagramBytes datagrams and control packets that wait to be polled
 * @param udpIdleNs after how much silence a UDP flow between two ends ends
 */
public record StackLimits(
        int flows,
        int pending,
        long pendingNs,
        int perRemote,
        int timeWaits,
        long bufferBytes,
        int flowBufferBytes,
        int reassemblyBytes,
        int datagramBytes,
        long udpIdleNs) {

    private static final long SECOND_NS = 1_000_000_000;
    private static final int LEAST_PENDING = 16;

    /** Openings that one remote address may have waiting: others keep most of the room. */
    int pendingPerRemote() {
        return Math.max(LEAST_PENDING, pending / 4);
    }

    /** For thousands of flows in some hundred megabytes. */
    public static StackLimits defaults() {
        return new StackLimits(
                16_384,
                1024,
                30 * SECOND_NS,
                4096,
                4096,
                256 << 20,
                6 << 20,
                2 << 20,
                4 << 20,
                180 * SECOND_NS);
    }

    /** The same with other buffers. */
    public StackLimits withBuffers(long allBytes, int eachBytes) {
        return new StackLimits(
                flows,
                pending,
                pendingNs,
                perRemote,
                timeWaits,
                allBytes,
                eachBytes,
                reassemblyBytes,
                datagramBytes,
                udpIdleNs);
    }

    /** The same with other numbers of flows. */
    public StackLimits withFlows(int most, int mostPending, int mostPerRemote, int lingering) {
        return new StackLimits(
                most,
                mostPending,
                pendingNs,
                mostPerRemote,
                lingering,
                bufferBytes,
                flowBufferBytes,
                reassemblyBytes,
                datagramBytes,
                udpIdleNs);
    }
}
