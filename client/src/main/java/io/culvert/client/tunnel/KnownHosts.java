package io.culvert.client.tunnel;

import io.culvert.client.dial.AddressSource;
import io.culvert.config.Endpoint;
import io.culvert.config.PeerSection;
import io.culvert.config.TunnelFile;
import io.culvert.host.Remotes;
import io.culvert.ip.IpAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of a tunnel file's hosts, looked up before the tunnel takes over the machine's name
 * service. Afterwards a look-up would go through the tunnel, which may be down, so what was found
 * first is never forgotten. Thread-safe.
 */
public final class KnownHosts implements AddressSource {
    private static final Logger log = LoggerFactory.getLogger(KnownHosts.class);

    private final AddressSource resolver;
    private final Map<String, List<InetAddress>> known = new LinkedHashMap<>();
    private final Set<String> fresh = new LinkedHashSet<>();
    private final Remotes remotes;

    private KnownHosts(TunnelFile file, AddressSource resolver) {
        this.resolver = resolver;
        List<IpAddress> udp = new ArrayList<>();
        List<IpAddress> web = new ArrayList<>();
        for (PeerSection peer : file.peers()) {
            Endpoint endpoint = peer.endpoint();
            if (peer.webSocket() != null) {
                web.addAll(remember(bare(peer.webSocket().getHost())));
            } else if (endpoint != null) {
                udp.addAll(remember(endpoint.host()));
            }
        }
        this.remotes = new Remotes(udp, web);
    }

    /** Looks up every host that the file names; those that are not found are tried again later. */
    public static KnownHosts of(TunnelFile file) {
        return new KnownHosts(file, AddressSource.ofSystem());
    }

    /** With another resolver, for tests. */
    static KnownHosts of(TunnelFile file, AddressSource resolver) {
        return new KnownHosts(file, resolver);
    }

    private List<IpAddress> remember(String host) {
        List<IpAddress> found = new ArrayList<>();
        try {
            List<InetAddress> addresses = resolver.lookup(host);
            known.put(host, addresses);
            fresh.add(host);
            addresses.forEach(address -> found.add(IpAddress.of(address)));
        } catch (UnknownHostException e) {
            log.warn("{}: no such host now; trying on", host);
        }
        return found;
    }

    private static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** What the routes must leave beside the tunnel. */
    public Remotes remotes() {
        return remotes;
    }

    /** The first time what is known; later what the resolver says, or else what is known. */
    @Override
    public List<InetAddress> lookup(String host) throws UnknownHostException {
        List<InetAddress> before = before(host);
        if (!before.isEmpty() && takeFresh(host)) {
            return before;
        }
        try {
            return resolver.lookup(host);
        } catch (UnknownHostException e) {
            if (before.isEmpty()) {
                throw e;
            }
            return before;
        }
    }

    private synchronized List<InetAddress> before(String host) {
        return known.getOrDefault(host, List.of());
    }

    private synchronized boolean takeFresh(String host) {
        return fresh.remove(host);
    }
}
