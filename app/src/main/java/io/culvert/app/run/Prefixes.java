package io.culvert.app.run;

import io.culvert.config.PeerSection;
import io.culvert.config.TunnelFile;
import io.culvert.ip.IpPrefix;
import java.util.ArrayList;
import java.util.List;

/** The prefixes that a tunnel's packets come from. */
final class Prefixes {
    private Prefixes() {}

    /** The networks of its own addresses and of its peers, each once; no default route. */
    static List<IpPrefix> of(TunnelFile file) {
        List<IpPrefix> all = new ArrayList<>();
        for (IpPrefix address : file.local().addresses()) {
            all.add(address.masked());
        }
        for (PeerSection peer : file.peers()) {
            all.addAll(peer.allowedIps());
        }
        List<IpPrefix> kept = new ArrayList<>();
        for (IpPrefix prefix : all.stream().distinct().toList()) {
            boolean covered =
                    all.stream()
                            .anyMatch(
                                    o -> !o.equals(prefix) && o.length() > 0 && o.contains(prefix));
            if (prefix.length() > 0 && !covered) {
                kept.add(prefix);
            }
        }
        return kept;
    }
}
