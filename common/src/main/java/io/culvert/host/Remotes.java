package io.culvert.host;

import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import java.util.List;
import java.util.stream.Stream;

/**
 * The addresses outside that carriers go to, resolved before the tunnel comes up. Immutable.
 *
 * @param udp what plain WireGuard datagrams go to: they decide on the MTU
 * @param web what WebSocket connections go to (a gateway or a proxy)
 */
public record Remotes(List<IpAddress> udp, List<IpAddress> web) {
    /** None: a gateway, which others call. */
    public static final Remotes NONE = new Remotes(List.of(), List.of());

    /** Keeps copies. */
    public Remotes {
        udp = List.copyOf(udp);
        web = List.copyOf(web);
    }

    /** Whether a carrier would run into a route for this prefix. */
    boolean anyIn(IpPrefix prefix) {
        return Stream.concat(udp.stream(), web.stream()).anyMatch(prefix::contains);
    }
}
