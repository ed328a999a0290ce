package io.culvert.netstack;

/**
 * What tells a flow from all others of its protocol. Immutable.
 *
 * @param local this stack's end; in a gateway any address that a peer wants to reach
 * @param remote the other end
 */
record FlowKey(Endpoint local, Endpoint remote) {
    /** Refuses ends of two families. */
    FlowKey {
        if (local.address().isIpv6() != remote.address().isIpv6()) {
            throw new IllegalArgumentException(local + " and " + remote);
        }
    }

    boolean isIpv6() {
        return local.address().isIpv6();
    }

    /** Both ports in one number, as the hash takes them. */
    long ports() {
        return (long) local.port() << 16 | remote.port();
    }
}
