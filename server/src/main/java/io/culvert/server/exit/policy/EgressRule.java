package io.culvert.server.exit.policy;

import io.culvert.crypto.PublicKey;
import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of {@code egress}. Immutable.
 *
 * @param isAllowing what it says of those that it matches
 * @param prefix where they go
 * @param ports to which; none: to any, and what has no ports
 * @param protocol null for any
 * @param peer whose; null for anybody's
 */
public record EgressRule(
        boolean isAllowing,
        IpPrefix prefix,
        List<PortRange> ports,
        @Nullable Protocol protocol,
        @Nullable PublicKey peer) {
    /** Copies the ports and clears the bits beyond the prefix. */
    public EgressRule {
        ports = List.copyOf(ports);
        prefix = prefix.masked();
    }

    boolean matches(Flow flow) {
        return prefix.contains(flow.address())
                && (protocol == null || protocol == flow.protocol())
                && (peer == null || peer.equals(flow.peer()))
                && (ports.isEmpty() || matchesPort(flow));
    }

    private boolean matchesPort(Flow flow) {
        return flow.protocol() != Protocol.ICMP
                && ports.stream().anyMatch(range -> range.contains(flow.port()));
    }

    /** Whether it names this one address. */
    boolean isExact() {
        return prefix.length() == prefix.ip().bits();
    }

    /**
     * What somebody wants to reach. Immutable.
     *
     * @param peer who
     * @param port 0 where there is none
     */
    public record Flow(PublicKey peer, Protocol protocol, IpAddress address, int port) {
        Flow to(IpAddress other) {
            return new Flow(peer, protocol, other, port);
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(isAllowing ? "allow " : "deny ").append(prefix);
        if (protocol != null) {
            text.append(' ').append(protocol.label());
        }
        if (!ports.isEmpty()) {
            text.append(" ports ").append(ports.toString(), 1, ports.toString().length() - 1);
        }
        return peer == null ? text.toString() : text + " of " + peer.shortName();
    }
}
