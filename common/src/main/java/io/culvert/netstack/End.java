package io.culvert.netstack;

/** How a flow ended. */
public enum End {
    /** Both sides said that they are done, and all of it was acknowledged. */
    FINISHED,
    /** The other side reset it. */
    RESET,
    /** The other side answered the opening with a reset: nobody listens. */
    REFUSED,
    /** No route leads there, or this stack has no address of that family. */
    NETWORK_UNREACHABLE,
    /** Nobody answers at the address. */
    HOST_UNREACHABLE,
    /** Nobody listens at the port, as ICMP tells. */
    PORT_UNREACHABLE,
    /** It is not allowed. */
    PROHIBITED,
    /** The other side no longer answers, or never did. */
    TIMED_OUT,
    /** This side gave it up. */
    ABORTED,
    /** There are as many flows as may be. */
    TOO_MANY;

    static End of(Unreached cause) {
        return switch (cause) {
            case NETWORK -> NETWORK_UNREACHABLE;
            case HOST -> HOST_UNREACHABLE;
            case PORT -> PORT_UNREACHABLE;
            case PROHIBITED -> PROHIBITED;
        };
    }
}
