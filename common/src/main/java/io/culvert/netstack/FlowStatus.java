package io.culvert.netstack;

/**
 * A TCP flow at one moment, for {@code show}. Immutable.
 *
 * @param local this side's end
 * @param remote the other end
 * @param state its state
 * @param unreadBytes came and were not read
 * @param unsentBytes were written and not acknowledged
 * @param windowBytes may be under way, for the path's sake
 * @param rttNs smoothed round trip; 0 before it is known
 */
public record FlowStatus(
        Endpoint local,
        Endpoint remote,
        TcpState state,
        int unreadBytes,
        int unsentBytes,
        int windowBytes,
        long rttNs) {
    static FlowStatus of(TcpFlow flow) {
        return new FlowStatus(
                flow.local(),
                flow.remote(),
                flow.state(),
                flow.available(),
                flow.sendBuffer().length(),
                flow.sender().recovery().windowBytes(),
                flow.sender().recovery().rtt().smoothedNs());
    }
}
