package io.culvert.server.config;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The keys of the gateway's file, with the shape of their values and their defaults. */
enum GatewayKey {
    TUNNEL("tunnel", Shape.ONE, null),
    INSIDE("inside", Shape.ONE, "tun"),
    LISTEN("listen", Shape.LIST, null),
    PATH("path", Shape.ONE, "/connect"),
    RELAY("relay", Shape.ENTRIES, null),
    TOKENS("tokens", Shape.ONE, null),
    DOOR("door", Shape.ONE, "knock"),
    NAT("nat", Shape.ONE, "false"),
    EGRESS("egress", Shape.ENTRIES, null),
    PRIVATE_RANGES("privateRanges", Shape.ONE, "deny"),
    BETWEEN_PEERS("betweenPeers", Shape.ONE, "allow"),
    DNS("dns", Shape.LIST, null),
    LIMITS_FLOWS("limits.flowsPerPeer", Shape.ONE, "4096"),
    LIMITS_RATE("limits.newFlowsPerSecond", Shape.ONE, "500"),
    LIMITS_MEGABITS("limits.megabitsPerSecond", Shape.ONE, "unlimited"),
    TLS_CERTIFICATE("tls.certificate", Shape.ONE, null),
    TLS_KEY("tls.key", Shape.ONE, null),
    TRUSTED_PROXIES("trustedProxies", Shape.LIST, null),
    WEBSITE("website", Shape.ONE, null),
    ADMIN("admin", Shape.ONE, null);

    /** How many values a key has. */
    enum Shape {
        ONE,
        LIST,
        /** A list of groups, which only a file can hold. */
        ENTRIES
    }

    private final String spelling;
    private final Shape shape;
    private final @Nullable String fallback;

    GatewayKey(String spelling, Shape shape, @Nullable String fallback) {
        this.spelling = spelling;
        this.shape = shape;
        this.fallback = fallback;
    }

    /** The key as the file spells it, groups joined by a dot. */
    String spelling() {
        return spelling;
    }

    Shape shape() {
        return shape;
    }

    /** The default; null where there is none. */
    @Nullable String fallback() {
        return fallback;
    }

    /** The environment's name for it: {@code CULVERT_TRUSTED_PROXIES}. */
    String variable() {
        String words = spelling.replaceAll("([a-z])([A-Z])", "$1_$2").replace('.', '_');
        return "CULVERT_" + words.toUpperCase(Locale.ROOT);
    }

    /** The key of this spelling; null when there is none. */
    static @Nullable GatewayKey of(String spelling) {
        for (GatewayKey key : values()) {
            if (key.spelling.equals(spelling)) {
                return key;
            }
        }
        return null;
    }

    /** Whether some key stands in the group of this name. */
    static boolean isGroup(String name) {
        return Arrays.stream(values()).anyMatch(key -> key.spelling.startsWith(name + "."));
    }
}
