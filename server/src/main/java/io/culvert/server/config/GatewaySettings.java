package io.culvert.server.config;

import java.util.List;
import java.util.Map;

/**
 * What is said of a gateway, as text. Immutable.
 *
 * @param keys the keys that somebody sets
 * @param relays the relay entries
 */
record GatewaySettings(Map<GatewayKey, Setting> keys, List<RelayEntry> relays) {
    GatewaySettings {
        keys = Map.copyOf(keys);
        relays = List.copyOf(relays);
    }
}
