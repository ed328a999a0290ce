package io.culvert.client.dial;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Where a name's addresses come from. Called on a thread that may block. */
@FunctionalInterface
public interface AddressSource {
    /** The addresses of {@code host}, in the resolver's order; a literal address is its own. */
    List<InetAddress> lookup(String host) throws UnknownHostException;

    /** The system's resolver. */
    static AddressSource ofSystem() {
        return host -> List.of(InetAddress.getAllByName(host));
    }
}
