package io.culvert.client.proxy.open;

import io.culvert.client.proxy.FlowEnd;
import io.culvert.client.proxy.dns.Answer;

/** Why there is no flow to a target, those that tell most last, each with a plain sentence. */
public enum OpenFailure {
    /** Nothing was tried. */
    GENERAL("the connection could not be made"),
    /** No answer to the connection. */
    TIMED_OUT("the target does not answer"),
    /** Neither a server nor the cache knows the name's address. */
    NAME_UNANSWERED("no DNS server of the tunnel answers"),
    /** The servers answered, with a failure. */
    NAME_FAILED("the tunnel's DNS servers could not look the name up"),
    /** The name has no address. */
    NAME_UNKNOWN("there is no such name"),
    /** No way to the network. */
    NETWORK_UNREACHABLE("there is no way to that network through the tunnel"),
    /** No way to the host. */
    HOST_UNREACHABLE("there is no way to that host"),
    /** Nobody listens there. */
    REFUSED("the target refuses connections to that port"),
    /** A filter, here or there, forbids it. */
    DENIED("that target is not allowed"),
    /** No room for another flow. */
    FULL("too many connections are open");

    private final String sentence;

    OpenFailure(String sentence) {
        this.sentence = sentence;
    }

    /** What happened, for people: without a capital letter and a full stop. */
    public String sentence() {
        return sentence;
    }

    /** The one of two that says more of why it went wrong. */
    OpenFailure or(OpenFailure other) {
        return compareTo(other) >= 0 ? this : other;
    }

    /** What the end of a flow that never stood means. */
    static OpenFailure of(FlowEnd end) {
        return switch (end) {
            case REFUSED, RESET -> REFUSED;
            case HOST_UNREACHABLE -> HOST_UNREACHABLE;
            case NETWORK_UNREACHABLE -> NETWORK_UNREACHABLE;
            case DENIED -> DENIED;
            case TIMED_OUT -> TIMED_OUT;
            case EXHAUSTED -> FULL;
            case FINISHED -> GENERAL;
        };
    }

    /** What it means that a name has no address. */
    static OpenFailure of(Answer.Reason reason) {
        return switch (reason) {
            case NO_SUCH_NAME, NO_ADDRESS -> NAME_UNKNOWN;
            case SERVERS_FAIL -> NAME_FAILED;
            case SILENCE -> NAME_UNANSWERED;
            case OVERLOADED -> FULL;
        };
    }
}
