package io.culvert.route;

import io.culvert.ip.IpPrefix;
import org.jspecify.annotations.Nullable;

/**
 * A binary trie with compressed paths over the prefixes of one address family. Confined to one
 * thread.
 *
 * <p>Every node has a prefix that holds all prefixes below it. A node without a value has two
 * children: it stands only where paths part. So a trie of n prefixes has fewer than 2n nodes.
 * Addresses stand left-aligned in 128 bits.
 */
final class Trie<V> {
    private final int maxLength;
    private @Nullable Node<V> root; // null while empty

    Trie(int maxLength) {
        this.maxLength = maxLength;
    }

    @Nullable V lookup(long high, long low) {
        V best = null;
        Node<V> node = root;
        while (node != null && commonLength(node, high, low) >= node.length) {
            best = node.value != null ? node.value : best;
            if (node.length == maxLength) {
                break;
            }
            node = bit(high, low, node.length) ? node.one : node.zero;
        }
        return best;
    }

    /** The value of exactly this prefix. */
    @Nullable V get(IpPrefix prefix) {
        long high = prefix.ip().high();
        long low = prefix.ip().low();
        Node<V> node = root;
        while (node != null && node.length < prefix.length()) {
            node = bit(high, low, node.length) ? node.one : node.zero;
        }
        if (node == null || node.length != prefix.length()) {
            return null;
        }
        return node.high == high && node.low == low ? node.value : null;
    }

    @Nullable V put(IpPrefix prefix, V value) {
        Node<V> fresh = new Node<>(prefix.ip().high(), prefix.ip().low(), prefix.length());
        fresh.value = value;
        Node<V> parent = null;
        Node<V> node = root;
        while (node != null) {
            int common = Math.min(commonLength(node, fresh.high, fresh.low), fresh.length);
            if (common < node.length) {
                link(parent, join(node, fresh, common));
                return null;
            }
            if (node.length == fresh.length) {
                V former = node.value;
                node.value = value;
                return former;
            }
            parent = node;
            node = bit(fresh.high, fresh.low, node.length) ? node.one : node.zero;
        }
        link(parent, fresh);
        return null;
    }

    /** The node that takes the place of {@code node}: both share {@code common} leading bits. */
    private static <V> Node<V> join(Node<V> node, Node<V> fresh, int common) {
        Node<V> top = fresh;
        if (common < fresh.length) {
            top = new Node<>(maskHigh(fresh.high, common), maskLow(fresh.low, common), common);
            top.attach(fresh);
        }
        top.attach(node);
        return top;
    }

    private void link(@Nullable Node<V> parent, Node<V> child) {
        if (parent == null) {
            root = child;
        } else {
            parent.attach(child);
        }
    }

    @Nullable V remove(IpPrefix prefix) {
        long high = prefix.ip().high();
        long low = prefix.ip().low();
        Node<V> grandparent = null;
        Node<V> parent = null;
        Node<V> node = root;
        while (node != null && node.length < prefix.length()) {
            grandparent = parent;
            parent = node;
            node = bit(high, low, node.length) ? node.one : node.zero;
        }
        if (node == null
                || node.length != prefix.length()
                || node.high != high
                || node.low != low) {
            return null;
        }
        V former = node.value;
        node.value = null;
        splice(node, parent);
        if (parent != null) {
            splice(parent, grandparent);
        }
        return former;
    }

    /** Takes a node out that has neither a value nor two children. */
    private void splice(Node<V> node, @Nullable Node<V> parent) {
        boolean isFork = node.zero != null && node.one != null;
        if (node.value != null || isFork) {
            return;
        }
        Node<V> only = node.zero != null ? node.zero : node.one;
        if (parent == null) {
            root = only;
        } else if (parent.zero == node) {
            parent.zero = only;
        } else {
            parent.one = only;
        }
    }

    /** How many leading bits a node's prefix and an address share. */
    private static int commonLength(Node<?> node, long high, long low) {
        long difference = node.high ^ high;
        return difference != 0
                ? Long.numberOfLeadingZeros(difference)
                : 64 + Long.numberOfLeadingZeros(node.low ^ low);
    }

    private static boolean bit(long high, long low, int index) {
        return (index < 64 ? high << index : low << (index - 64)) < 0;
    }

    private static long maskHigh(long high, int length) {
        return length == 0 ? 0 : high & (-1L << (64 - Math.min(length, 64)));
    }

    private static long maskLow(long low, int length) {
        return length <= 64 ? 0 : low & (-1L << (128 - length));
    }

    /** A prefix, perhaps its owner, and what is below. */
    private static final class Node<V> {
        final long high;
        final long low;
        final int length;
        @Nullable V value; // null where paths part only
        @Nullable Node<V> zero;
        @Nullable Node<V> one;

        Node(long high, long low, int length) {
            this.high = high;
            this.low = low;
            this.length = length;
        }

        void attach(Node<V> child) {
            if (bit(child.high, child.low, length)) {
                one = child;
            } else {
                zero = child;
            }
        }
    }
}
