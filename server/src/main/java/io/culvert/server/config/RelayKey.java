package io.culvert.server.config;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys of one entry of {@code relay}. */
enum RelayKey {
    PATH("path"),
    TO("to"),
    TOKENS("tokens"),
    DOOR("door"),
    PUBLIC_KEY("publicKey"),
    ANY_DATAGRAM("anyDatagram");

    private final String spelling;

    RelayKey(String spelling) {
        this.spelling = spelling;
    }

    /** The key as the entry spells it. */
    String spelling() {
        return spelling;
    }

    /** The key as complaints name it: {@code relay.path}. */
    String dotted() {
        return GatewayKey.RELAY.spelling() + "." + spelling;
    }

    /** The key of this spelling; null when there is none. */
    static @Nullable RelayKey of(String spelling) {
        return Arrays.stream(values())
                .filter(key -> key.spelling.equals(spelling))
                .findFirst()
                .orElse(null);
    }

    static List<String> spellings() {
        return Arrays.stream(values()).map(RelayKey::spelling).toList();
    }
}
