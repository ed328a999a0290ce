package io.culvert.server.config;

import io.culvert.config.ConfigException;
import io.culvert.crypto.PublicKey;
import io.culvert.server.config.GatewayConfig.DoorKind;
import io.culvert.server.config.RelayConfig.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One turning of {@code relay}'s entries, which are text, into what they mean. Immutable. */
final class RelayReading {
    /**
     * What an entry may take from the gateway.
     *
     * @param path where its own tunnel's WebSockets open; null when there is no tunnel
     * @param door its door
     * @param tokens that door's tokens
     */
    record Whole(@Nullable String path, DoorKind door, @Nullable Path tokens) {}

    private final Whole whole;

    RelayReading(Whole whole) {
        this.whole = whole;
    }

    List<RelayConfig> read(List<RelayEntry> entries) throws ConfigException {
        Set<String> paths = new HashSet<>();
        if (whole.path() != null) {
            paths.add(whole.path());
        }
        List<RelayConfig> relays = new ArrayList<>();
        for (RelayEntry entry : entries) {
            RelayConfig relay = read(entry);
            if (!paths.add(relay.path())) {
                throw required(entry, RelayKey.PATH)
                        .complaint(relay.path() + " is taken", "give each path once");
            }
            relays.add(relay);
        }
        return relays;
    }

    private RelayConfig read(RelayEntry entry) throws ConfigException {
        Setting path = required(entry, RelayKey.PATH);
        PublicKey key = publicKey(entry);
        DoorKind door = door(entry, key);
        return new RelayConfig(
                GatewayReading.path(path),
                target(required(entry, RelayKey.TO)),
                door,
                door == DoorKind.TOKEN ? tokens(entry) : null,
                key,
                anyDatagram(entry));
    }

    private static Setting required(RelayEntry entry, RelayKey key) throws ConfigException {
        Setting setting = entry.keys().get(key);
        if (setting == null) {
            String example = key == RelayKey.TO ? "to: udp://HOST:51820" : "path: /wg";
            throw new ConfigException(
                    entry.source(), "relay: no " + key.spelling(), "add `" + example + "`");
        }
        return setting;
    }

    private static Target target(Setting setting) throws ConfigException {
        String remedy = "write udp://HOST:PORT";
        try {
            if (ListenAddress.parse(setting.value(), setting.base())
                    instanceof ListenAddress.Udp(String host, int port)) {
                if (port == 0) {
                    throw setting.complaint("port 0 is nowhere", remedy);
                }
                return new Target(host, port);
            }
        } catch (IllegalArgumentException e) {
            throw setting.complaint(String.valueOf(e.getMessage()), remedy);
        }
        throw setting.complaint("\"" + setting.value() + "\" is not UDP", remedy);
    }

    private DoorKind door(RelayEntry entry, @Nullable PublicKey key) throws ConfigException {
        Setting door = entry.keys().get(RelayKey.DOOR);
        Setting tokens = entry.keys().get(RelayKey.TOKENS);
        if (door != null && tokens != null) {
            throw door.complaint("stands beside `tokens`", "leave one of the two");
        }
        DoorKind kind =
                tokens != null
                        ? DoorKind.TOKEN
                        : door == null ? own(key) : GatewayReading.door(door);
        if (kind == DoorKind.KNOCK && key == null && whole.path() == null) {
            throw new ConfigException(
                    entry.source(),
                    "relay: nothing to knock with, as there is no tunnel",
                    "add `tokens: FILE`, or `publicKey: KEY` of the WireGuard server behind it");
        }
        return kind;
    }

    /** Who names a key wants knocks with it; else the gateway's own door is the relay's too. */
    private DoorKind own(@Nullable PublicKey key) {
        return key == null ? whole.door() : DoorKind.KNOCK;
    }

    private @Nullable Path tokens(RelayEntry entry) throws ConfigException {
        Setting setting = entry.keys().get(RelayKey.TOKENS);
        return setting == null ? whole.tokens() : GatewayReading.tokens(setting);
    }

    private static @Nullable PublicKey publicKey(RelayEntry entry) throws ConfigException {
        Setting setting = entry.keys().get(RelayKey.PUBLIC_KEY);
        try {
            return setting == null ? null : PublicKey.parse(setting.value());
        } catch (IllegalArgumentException e) {
            throw setting.complaint("no public key", "write 44 characters, as `wg pubkey` prints");
        }
    }

    private static boolean anyDatagram(RelayEntry entry) throws ConfigException {
        Setting setting = entry.keys().get(RelayKey.ANY_DATAGRAM);
        return setting != null && GatewayReading.truth(setting);
    }
}
