package io.culvert.server.exit;

import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import io.culvert.server.exit.policy.EgressPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an exit lets through. Immutable.
 *
 * @param addresses the gateway's own in the tunnel
 * @param prefixes the tunnel's: what is nobody's there is looked for nowhere else
 * @param policy where peers may go
 * @param limits how much they may hold
 * @param resolvers who is asked for names; null: nobody is
 */
public record ExitSetup(
        List<IpAddress> addresses,
        List<IpPrefix> prefixes,
        EgressPolicy policy,
        ExitLimits limits,
        @Nullable Resolvers resolvers) {
    /** Copies the lists. */
    public ExitSetup {
        addresses = List.copyOf(addresses);
        prefixes = List.copyOf(prefixes);
    }
}
