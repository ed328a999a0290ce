package io.culvert.server.config;

import io.culvert.ip.IpAddress;
import io.culvert.server.exit.policy.EgressRule;
import java.util.List;

/**
 * What peers of a gateway without a TUN device may do. Immutable.
 *
 * @param rules of {@code egress}, in their order
 * @param allowsPrivate whether private ranges are open without a rule
 * @param allowsBetweenPeers whether peers reach each other
 * @param dns who is asked for names; none: this machine's resolvers
 * @param flowsPerPeer flows of one peer at a time
 * @param newFlowsPerSecond of one peer
 * @param megabitsPerSecond of one peer, each way; 0: as many as there come
 */
public record ExitConfig(
        List<EgressRule> rules,
        boolean allowsPrivate,
        boolean allowsBetweenPeers,
        List<IpAddress> dns,
        int flowsPerPeer,
        int newFlowsPerSecond,
        int megabitsPerSecond) {
    /** Copies the lists. */
    public ExitConfig {
        rules = List.copyOf(rules);
        dns = List.copyOf(dns);
    }
}
