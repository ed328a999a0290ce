package io.culvert.netstack;

import io.culvert.ip.IpAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Destinations to which the path takes only smaller packets than the link (RFC 1191, RFC 8201), for
 * ten minutes, so that a later flow need not find out again. Bounded: the eldest goes. Confined to
 * the stack's thread.
 */
final class PathMtus {
    private static final int MOST = 1024;
    private static final long LIFE_NS = 600_000_000_000L;
    private static final int LEAST_IPV4 = 576;
    private static final int LEAST_IPV6 = 1280;

    private record Found(int mtuBytes, long atNs) {}

    private final int linkBytes;
    private final Map<IpAddress, Found> found = new LinkedHashMap<>();

    PathMtus(int linkBytes) {
        this.linkBytes = linkBytes;
    }

    /** The longest packet to there. */
    int of(IpAddress destination, long nowNs) {
        Found known = found.get(destination);
        if (known == null) {
            return linkBytes;
        }
        if (nowNs - known.atNs() > LIFE_NS) {
            found.remove(destination);
            return linkBytes;
        }
        return known.mtuBytes();
    }

    /** A router said that much; answers what is believed of it: never less than the least. */
    int learn(IpAddress destination, int mtuBytes, long nowNs) {
        int least = destination.isIpv6() ? LEAST_IPV6 : LEAST_IPV4;
        int believed = Math.min(linkBytes, Math.max(least, mtuBytes));
        if (believed < of(destination, nowNs)) {
            found.remove(destination);
            found.put(destination, new Found(believed, nowNs));
            if (found.size() > MOST) {
                found.remove(found.keySet().iterator().next());
            }
        }
        return believed;
    }
}
