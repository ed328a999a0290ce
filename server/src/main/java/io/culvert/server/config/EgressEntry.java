package io.culvert.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One entry of {@code egress}, as text. Immutable.
 *
 * @param source where it begins, as complaints name it
 * @param keys what it sets
 */
record EgressEntry(String source, Map<EgressKey, Setting> keys) {
    EgressEntry {
        keys = Map.copyOf(keys);
    }

    /** As {@code server check} shows it. */
    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        for (EgressKey key : EgressKey.values()) {
            Setting setting = keys.get(key);
            if (setting != null) {
                words.add(key.spelling() + " " + String.join("+", setting.values()));
            }
        }
        return String.join(" ", words);
    }
}
