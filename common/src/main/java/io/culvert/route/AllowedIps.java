package io.culvert.route;

import io.culvert.bytes.BigEndian;
import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPacket;
import io.culvert.ip.IpPrefix;
import io.culvert.ip.Ipv4Header;
import io.culvert.ip.Ipv6Header;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which owner an address belongs to, by the longest prefix that holds it. Confined to one thread.
 *
 * <p>A prefix has one owner: who puts it takes it from the former one. Owners are told apart by
 * {@code equals}. Lookups allocate nothing.
 */
public final class AllowedIps<V> {
    private final Trie<V> ipv4 = new Trie<>(32);
    private final Trie<V> ipv6 = new Trie<>(128);
    private final Map<V, Set<IpPrefix>> owned = new HashMap<>();

    /** Gives the prefix (masked) to {@code owner}; answers who had it, null for nobody. */
    public @Nullable V put(IpPrefix prefix, V owner) {
        IpPrefix masked = prefix.masked();
        V former = trie(masked).put(masked, owner);
        if (former != null && !former.equals(owner)) {
            forget(former, masked);
        }
        owned.computeIfAbsent(owner, _ -> new LinkedHashSet<>()).add(masked);
        return former;
    }

    /** Takes exactly this prefix away; answers who had it, null for nobody. */
    public @Nullable V remove(IpPrefix prefix) {
        IpPrefix masked = prefix.masked();
        V former = trie(masked).remove(masked);
        if (former != null) {
            forget(former, masked);
        }
        return former;
    }

    /** Whose exactly this prefix is; null for nobody. */
    public @Nullable V owner(IpPrefix prefix) {
        IpPrefix masked = prefix.masked();
        return trie(masked).get(masked);
    }

    /** Takes all prefixes of this owner away. */
    public void removeAll(V owner) {
        Set<IpPrefix> prefixes = owned.remove(owner);
        if (prefixes != null) {
            prefixes.forEach(prefix -> trie(prefix).remove(prefix));
        }
    }

    /** The prefixes of this owner, oldest first, a copy. */
    public List<IpPrefix> prefixesOf(V owner) {
        Set<IpPrefix> prefixes = owned.get(owner);
        return prefixes == null ? List.of() : new ArrayList<>(prefixes);
    }

    /** How many prefixes have an owner. */
    public int size() {
        return owned.values().stream().mapToInt(Set::size).sum();
    }

    /** Whose is the destination of the valid IP packet at this offset; null for nobody. */
    public @Nullable V lookupDestination(byte[] array, int packetOffset) {
        return IpPacket.isIpv6(array, packetOffset)
                ? lookup(array, packetOffset + Ipv6Header.DESTINATION, true)
                : lookup(array, packetOffset + Ipv4Header.DESTINATION, false);
    }

    /** Whose is the source of the valid IP packet at this offset; null for nobody. */
    public @Nullable V lookupSource(byte[] array, int packetOffset) {
        return IpPacket.isIpv6(array, packetOffset)
                ? lookup(array, packetOffset + Ipv6Header.SOURCE, true)
                : lookup(array, packetOffset + Ipv4Header.SOURCE, false);
    }

    /** Whose is the address at this offset; null for nobody. */
    public @Nullable V lookup(byte[] array, int offset, boolean isIpv6) {
        return isIpv6
                ? ipv6.lookup(
                        BigEndian.getLong(array, offset), BigEndian.getLong(array, offset + 8))
                : ipv4.lookup((long) BigEndian.getInt(array, offset) << 32, 0);
    }

    /** Whose is this address; null for nobody. */
    public @Nullable V lookup(IpAddress address) {
        return (address.isIpv6() ? ipv6 : ipv4).lookup(address.high(), address.low());
    }

    private Trie<V> trie(IpPrefix prefix) {
        return prefix.isIpv6() ? ipv6 : ipv4;
    }

    private void forget(V owner, IpPrefix prefix) {
        Set<IpPrefix> prefixes = owned.get(owner);
        if (prefixes != null && prefixes.remove(prefix) && prefixes.isEmpty()) {
            owned.remove(owner);
        }
    }
}
