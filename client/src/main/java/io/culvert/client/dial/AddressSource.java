package io.culvert.client.dial;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.util.List;

/** Where a name's addresses come from. */
@FunctionalInterface
public interface AddressSource {
    /**
     * The addresses of {@code host}, in the resolver's order; a literal address is its own. Called
     * on a thread that may block.
     */
    List<InetAddress> lookup(String host) throws UnknownHostException;

    /** What is known of {@code host} without a look-up; empty when nothing is. Never blocks. */
    default List<InetAddress> known(String host) {
        return List.of();
    }

    /** The system's resolver. */
    static AddressSource ofSystem() {
        // Java would repeat a failure from memory for ten seconds, as the network comes up.
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        return host -> List.of(InetAddress.getAllByName(host));
    }
}
