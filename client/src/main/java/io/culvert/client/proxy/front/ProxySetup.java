package io.culvert.client.proxy.front;

import io.culvert.client.proxy.Credentials;
import io.culvert.client.proxy.ProxyLimits;
import io.culvert.client.proxy.forward.Forward;
import io.culvert.client.proxy.open.Opener.Families;
import io.culvert.client.proxy.splice.LocalAddress;
import io.culvert.ip.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the operator asked for. Immutable.
 *
 * @param dns where local programs may ask for names
 * @param dnsServers the tunnel file's, in order
 * @param searchDomains tried behind names of one label, in order
 * @param families which the tunnel has addresses of
 * @param credentials what SOCKS and HTTP clients must give; null: nothing
 */
public record ProxySetup(
        List<Door> doors,
        List<Forward> forwards,
        List<LocalAddress.Tcp> dns,
        List<IpAddress> dnsServers,
        List<String> searchDomains,
        Families families,
        @Nullable Credentials credentials,
        ProxyLimits limits) {
    /** Keeps copies. */
    public ProxySetup {
        doors = List.copyOf(doors);
        forwards = List.copyOf(forwards);
        dns = List.copyOf(dns);
        dnsServers = List.copyOf(dnsServers);
        searchDomains = List.copyOf(searchDomains);
    }
}
