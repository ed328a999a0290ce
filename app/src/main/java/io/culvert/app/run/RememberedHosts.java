package io.culvert.app.run;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.culvert.client.dial.AddressSource;
import io.culvert.host.HostsFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A resolver whose answers outlive a {@code kill -9}: what it found last is handed out where the
 * kill switch lets no question out. Thread-safe.
 */
final class RememberedHosts implements AddressSource {
    private static final Logger log = LoggerFactory.getLogger(RememberedHosts.class);

    private final AddressSource resolver;
    private final HostsFile file;

    @GuardedBy("this")
    private final Map<String, List<String>> known;

    /** Whom not to ask the resolver for the first time: it could only make us wait. */
    @GuardedBy("this")
    private final Set<String> unasked = new HashSet<>();

    /**
     * Over a resolver.
     *
     * @param isCutOff whether a kill switch stands already, so that the first answer comes from the
     *     file
     */
    RememberedHosts(AddressSource resolver, HostsFile file, boolean isCutOff) {
        this.resolver = resolver;
        this.file = file;
        this.known = new HashMap<>(file.read());
        if (isCutOff) {
            unasked.addAll(known.keySet());
        }
    }

    @Override
    public List<InetAddress> lookup(String host) throws UnknownHostException {
        if (takeUnasked(host)) {
            return remembered(host);
        }
        try {
            List<InetAddress> found = resolver.lookup(host);
            remember(host, found.stream().map(InetAddress::getHostAddress).toList());
            return found;
        } catch (UnknownHostException e) {
            List<InetAddress> before = remembered(host);
            if (before.isEmpty()) {
                throw e;
            }
            return before;
        }
    }

    private synchronized boolean takeUnasked(String host) {
        return unasked.remove(host);
    }

    private List<InetAddress> remembered(String host) throws UnknownHostException {
        List<InetAddress> addresses = new ArrayList<>();
        for (String literal : literals(host)) {
            addresses.add(InetAddress.getByName(literal));
        }
        return addresses;
    }

    private synchronized List<String> literals(String host) {
        return known.getOrDefault(host, List.of());
    }

    private synchronized void remember(String host, List<String> literals) {
        if (literals.equals(known.put(host, literals))) {
            return;
        }
        try {
            file.write(known);
        } catch (IOException e) {
            log.warn("the gateways' addresses cannot be kept: {}", String.valueOf(e));
        }
    }
}
