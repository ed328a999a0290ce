package io.culvert.host;

import io.culvert.config.PeerSection;
import io.culvert.config.RoutingTable;
import io.culvert.config.TunnelFile;
import io.culvert.ip.IpPrefix;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a tunnel file comes to on this machine, decided before anything is changed. Immutable.
 *
 * @param mark what carriers' sockets must carry (SO_MARK) so as to leave beside the tunnel; null:
 *     nothing stands in their way
 * @param policyTable the routing table for what the mark keeps out
 */
public record LinkPlan(
        TunnelFile file, Remotes remotes, @Nullable Long mark, long policyTable, int mtu) {
    /** Half of an address space is a default route in disguise. */
    private static final int DEFAULT_ROUTE_BITS = 1;

    /** The interface's name. */
    public String link() {
        return file.name();
    }

    /** The allowed IPs of all peers, the longest first, without those that are there anyway. */
    List<IpPrefix> routes() {
        return file.peers().stream()
                .map(PeerSection::allowedIps)
                .flatMap(List::stream)
                .distinct()
                .filter(prefix -> !isConnected(prefix))
                .sorted(Comparator.comparingInt(IpPrefix::length).reversed())
                .toList();
    }

    /** An address with a network behind it brings the network's route along, in the main table. */
    private boolean isConnected(IpPrefix prefix) {
        return file.local().table() instanceof RoutingTable.Auto
                && file.local().addresses().stream()
                        .filter(address -> address.length() < address.ip().bits())
                        .anyMatch(address -> address.contains(prefix));
    }

    /** Whether this prefix's route must stand where marked packets do not see it. */
    boolean needsPolicy(IpPrefix prefix) {
        return needsPolicy(file, remotes, prefix);
    }

    /** Whether some family's default route goes through the tunnel. */
    boolean hasDefaultRoute() {
        return routes().stream()
                .anyMatch(prefix -> prefix.length() <= DEFAULT_ROUTE_BITS && needsPolicy(prefix));
    }

    /** The families with such a prefix. */
    Set<Family> policyFamilies() {
        return policyFamilies(file, remotes);
    }

    static Set<Family> policyFamilies(TunnelFile file, Remotes remotes) {
        Set<Family> families = EnumSet.noneOf(Family.class);
        for (PeerSection peer : file.peers()) {
            for (IpPrefix prefix : peer.allowedIps()) {
                if (needsPolicy(file, remotes, prefix)) {
                    families.add(Family.of(prefix));
                }
            }
        }
        return families;
    }

    private static boolean needsPolicy(TunnelFile file, Remotes remotes, IpPrefix prefix) {
        return file.local().table() instanceof RoutingTable.Auto
                && (prefix.length() <= DEFAULT_ROUTE_BITS || remotes.anyIn(prefix));
    }
}
