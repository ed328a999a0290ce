package io.culvert.server.config;

import java.util.Map;

/**
 * One entry of {@code relay}, as text. Immutable.
 *
 * @param source where it begins, as complaints name it
 * @param keys what it sets
 */
record RelayEntry(String source, Map<RelayKey, Setting> keys) {
    RelayEntry {
        keys = Map.copyOf(keys);
    }

    /** As {@code server check} shows it. */
    @Override
    public String toString() {
        return value(RelayKey.PATH) + " to " + value(RelayKey.TO);
    }

    private String value(RelayKey key) {
        Setting setting = keys.get(key);
        return setting == null ? "-" : setting.value();
    }
}
