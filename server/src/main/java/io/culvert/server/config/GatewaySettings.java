package io.culvert.server.config;

import java.util.List;
import java.util.Map;

/**
 * What is said of a gateway, as text. Immutable.
 *
 * @param keys the keys that somebody sets
 * @param relays the relay entries
 * @param rules the egress entries
 */
record GatewaySettings(
        Map<GatewayKey, Setting> keys, List<RelayEntry> relays, List<EgressEntry> rules) {
    GatewaySettings {
        keys = Map.copyOf(keys);
        relays = List.copyOf(relays);
        rules = List.copyOf(rules);
    }
}
