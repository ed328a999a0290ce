package io.culvert.client.dial;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;

/** The order in which a name's addresses are tried (RFC 8305 §4). Stateless, thread-safe. */
public final class AddressOrder {
    /** Addresses that are tried at most; a name with more is cut. */
    static final int MOST = 16;

    private AddressOrder() {}

    /** IPv6 and IPv4 in turns, IPv6 first, each family in the order given, none twice. */
    public static List<InetAddress> interleave(Collection<InetAddress> addresses) {
        Queue<InetAddress> turn = new ArrayDeque<>();
        Queue<InetAddress> other = new ArrayDeque<>();
        for (InetAddress address : new LinkedHashSet<>(addresses)) {
            (address instanceof Inet6Address ? turn : other).add(address);
        }
        List<InetAddress> order = new ArrayList<>();
        while (order.size() < MOST && !(turn.isEmpty() && other.isEmpty())) {
            InetAddress next = turn.poll();
            if (next != null) {
                order.add(next);
            }
            Queue<InetAddress> swapped = turn;
            turn = other;
            other = swapped;
        }
        return List.copyOf(order);
    }
}
