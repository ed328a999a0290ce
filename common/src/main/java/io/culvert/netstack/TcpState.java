package io.culvert.netstack;

/** The states of a connection that has a flow (RFC 9293 §3.3.2). */
public enum TcpState {
    /** We asked. */
    SYN_SENT,
    /** We were asked, and have answered; or both asked at once. */
    SYN_RECEIVED,
    /** Both directions are open. */
    ESTABLISHED,
    /** We are done; nothing of that was acknowledged. */
    FIN_WAIT_1,
    /** We are done, the other side knows. */
    FIN_WAIT_2,
    /** The other side is done. */
    CLOSE_WAIT,
    /** Both were done at once; ours was not acknowledged. */
    CLOSING,
    /** The other side is done, then we were; ours was not acknowledged. */
    LAST_ACK,
    /** Over. */
    CLOSED;

    boolean isOpening() {
        return this == SYN_SENT || this == SYN_RECEIVED;
    }

    /** Whether the other side may still send data. */
    boolean mayReceive() {
        return this == ESTABLISHED || this == FIN_WAIT_1 || this == FIN_WAIT_2;
    }

    /** Whether this side may still write data. */
    boolean mayWrite() {
        return isOpening() || this == ESTABLISHED || this == CLOSE_WAIT;
    }
}
