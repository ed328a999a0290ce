package io.culvert.server.web;

import io.culvert.ip.IpPrefix;
import io.culvert.server.config.ListenAddress;
import io.culvert.server.config.Website;
import io.culvert.server.tls.GatewayTls;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the web side of a gateway runs by. Immutable.
 *
 * @param listen where it listens; UDP addresses are somebody else's and skipped
 * @param listenPlace where the configuration says so, as complaints name it
 * @param website what everybody else gets
 * @param trustedProxies whose word on the client's address is taken
 * @param tls the certificate; null only when no address is HTTPS
 * @param fwmark what policy routing knows the answers by; 0 for none
 * @param limits deadlines and counts
 */
public record WebFrontSettings(
        List<ListenAddress> listen,
        String listenPlace,
        Website website,
        List<IpPrefix> trustedProxies,
        @Nullable GatewayTls tls,
        int fwmark,
        WebLimits limits) {
    /** Copies the lists. */
    public WebFrontSettings {
        listen = List.copyOf(listen);
        trustedProxies = List.copyOf(trustedProxies);
    }
}
