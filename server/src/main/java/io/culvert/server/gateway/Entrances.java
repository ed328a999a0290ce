package io.culvert.server.gateway;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierListener;
import io.culvert.config.ConfigException;
import io.culvert.crypto.PublicKey;
import io.culvert.server.config.GatewayConfig;
import io.culvert.server.config.GatewayConfig.DoorKind;
import io.culvert.server.config.RelayConfig;
import io.culvert.server.relay.Relays;
import io.culvert.server.web.DoorKeeper;
import io.culvert.server.web.Entrance;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The paths of a gateway where WebSockets open, each with its door. Thread-safe (stateless). */
final class Entrances {
    private Entrances() {}

    /**
     * Where the gateway's own tunnel is entered.
     *
     * @param key the gateway's
     */
    static Entrance ofTunnel(
            GatewayConfig config,
            PublicKey key,
            CarrierListener listener,
            Predicate<Carrier> isProven)
            throws ConfigException {
        DoorKeeper door = keeper(config.door(), config.tokens(), key);
        return new Entrance(config.path(), door, listener, isProven);
    }

    /**
     * Where relays are entered.
     *
     * @param own the gateway's key; null where it has none
     */
    static List<Entrance> ofRelays(GatewayConfig config, @Nullable PublicKey own, Relays relays)
            throws ConfigException {
        List<Entrance> entrances = new ArrayList<>();
        for (RelayConfig relay : config.relays()) {
            PublicKey key = relay.publicKey() == null ? own : relay.publicKey();
            entrances.add(
                    new Entrance(
                            relay.path(),
                            keeper(relay.door(), relay.tokens(), key),
                            relays.listener(relay),
                            carrier -> relays.isProven(relay, carrier)));
        }
        return entrances;
    }

    private static DoorKeeper keeper(DoorKind door, @Nullable Path tokens, @Nullable PublicKey key)
            throws ConfigException {
        if (door == DoorKind.TOKEN && tokens != null) {
            return DoorKeeper.tokens(tokens);
        }
        if (door == DoorKind.KNOCK && key != null) {
            return DoorKeeper.knock(key);
        }
        if (door == DoorKind.OPEN) {
            return DoorKeeper.open();
        }
        throw new IllegalStateException("a door of " + door + " without what it wants");
    }
}
