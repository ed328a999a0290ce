package io.culvert.client.proxy;

/** How a flow inside ended, or why it never stood. */
public enum FlowEnd {
    /** Both sides had sent their end. */
    FINISHED,
    /** The peer reset a connection that stood. */
    RESET,
    /** The peer refused the connection (RST to the SYN). */
    REFUSED,
    /** A router says that there is no way to the host. */
    HOST_UNREACHABLE,
    /** There is no way to that network, or no address of that family in the tunnel. */
    NETWORK_UNREACHABLE,
    /** A filter forbids it. */
    DENIED,
    /** No answer came. */
    TIMED_OUT,
    /** The stack has no room or no port left. */
    EXHAUSTED
}
