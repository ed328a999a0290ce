package io.culvert.server.exit.policy;

/** What the policy says of a flow. */
public sealed interface Verdict {
    /**
     * It may go.
     *
     * @param isExact a rule names exactly this address, so that even the gateway's own is meant
     */
    record Allowed(boolean isExact) implements Verdict {}

    /**
     * It may not.
     *
     * @param why for logs: a rule, or what is guarded there
     */
    record Denied(String why) implements Verdict {}

    /** Whether it may go. */
    default boolean isAllowed() {
        return this instanceof Allowed;
    }
}
