package io.culvert.client.proxy.dns;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known for a while, at most so many; the one not asked for longest goes first. Confined to
 * the loop.
 */
final class ExpiringCache<K, V> {
    private final Map<K, Known<V>> entries;

    ExpiringCache(int mostEntries) {
        entries =
                new LinkedHashMap<>(16, 0.75f, true) {
                    @Override
                    protected boolean removeEldestEntry(Map.Entry<K, Known<V>> eldest) {
                        return size() > mostEntries;
                    }
                };
    }

    /** A value and the moments from and until which it holds. */
    record Known<V>(V value, long sinceNs, long untilNs) {}

    /** What is known; null when nothing is, any more. */
    @Nullable Known<V> get(K key, long nowNs) {
        Known<V> entry = entries.get(key);
        if (entry != null && nowNs - entry.untilNs() >= 0) {
            entries.remove(key);
            return null;
        }
        return entry;
    }

    /** Keeps a value; one that holds for no time is not kept. */
    void put(K key, V value, long nowNs, long forNs) {
        if (forNs > 0) {
            entries.put(key, new Known<>(value, nowNs, nowNs + forNs));
        }
    }

    int size() {
        return entries.size();
    }
}
