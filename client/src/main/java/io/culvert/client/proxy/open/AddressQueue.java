package io.culvert.client.proxy.open;

import io.culvert.ip.IpAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Addresses in the order in which they are tried (RFC 8305 §4): families in turns, IPv6 first, none
 * twice, and at most so many; more of them may come while some are tried. Confined to the loop.
 */
final class AddressQueue {
    /** A name with more is cut. */
    static final int MOST = 16;

    private final Deque<IpAddress> ipv6 = new ArrayDeque<>();
    private final Deque<IpAddress> ipv4 = new ArrayDeque<>();
    private final Set<IpAddress> seen = new HashSet<>();
    private boolean isIpv6Next = true;

    void add(List<IpAddress> addresses) {
        for (IpAddress address : addresses) {
            if (seen.size() < MOST && seen.add(address)) {
                (address.isIpv6() ? ipv6 : ipv4).add(address);
            }
        }
    }

    /** The next one; null when none is left. */
    @Nullable IpAddress poll() {
        boolean takesIpv6 = ipv4.isEmpty() || (isIpv6Next && !ipv6.isEmpty());
        isIpv6Next = !takesIpv6;
        return takesIpv6 ? ipv6.poll() : ipv4.poll();
    }

    boolean isEmpty() {
        return ipv6.isEmpty() && ipv4.isEmpty();
    }
}
