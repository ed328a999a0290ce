package io.culvert.server.config;

import io.culvert.config.ConfigException;
import io.culvert.config.Warning;
import io.culvert.ip.IpPrefix;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway runs by. Immutable.
 *
 * @param file the gateway's file
 * @param tunnel the tunnel's file, in the format of wg-quick; null for a gateway that only relays
 * @param inside how packets reach this machine
 * @param exit what peers may do where that is by userspace
 * @param listen where it listens, in the order given
 * @param path where WebSockets open
 * @param door what a WebSocket's request must bring
 * @param tokens the file of tokens; null unless the door wants tokens
 * @param relays paths that lead to WireGuard elsewhere
 * @param nat whether the tunnel's prefixes are masqueraded
 * @param tls the operator's certificate; null when the gateway makes its own
 * @param trustedProxies whose word on the client's address is taken
 * @param website what anybody without a key sees
 * @param effective each key's value and source, for {@code server check}
 * @param warnings what the operator should look at
 */
public record GatewayConfig(
        Path file,
        @Nullable Path tunnel,
        Inside inside,
        ExitConfig exit,
        List<ListenAddress> listen,
        String path,
        DoorKind door,
        @Nullable Path tokens,
        List<RelayConfig> relays,
        boolean nat,
        @Nullable TlsFiles tls,
        List<IpPrefix> trustedProxies,
        Website website,
        List<Effective> effective,
        List<Warning> warnings) {
    /** Copies the lists. */
    public GatewayConfig {
        listen = List.copyOf(listen);
        relays = List.copyOf(relays);
        trustedProxies = List.copyOf(trustedProxies);
        effective = List.copyOf(effective);
        warnings = List.copyOf(warnings);
    }

    /** Where the value of the key of this spelling comes from, as complaints name it. */
    public String placeOf(String key) {
        return effective.stream()
                .filter(row -> row.key().equals(key))
                .findFirst()
                .map(Effective::source)
                .orElse(file.toString());
    }

    /** How packets reach this machine. */
    public enum Inside {
        /** A TUN device. */
        TUN,
        /** A TCP/IP stack in this process, and its sockets: no device, no privilege. */
        USERSPACE
    }

    /** What a WebSocket's request must bring. */
    public enum DoorKind {
        /** Proof that the client knows the gateway's public key. */
        KNOCK,
        /** One of the listed tokens. */
        TOKEN,
        /** Nothing. */
        OPEN
    }

    /**
     * One key as it is in force.
     *
     * @param key its spelling
     * @param value its value as text; {@code -} for none
     * @param source {@code command line}, {@code environment NAME}, {@code file:line} or {@code
     *     default}
     */
    public record Effective(String key, String value, String source) {}

    /**
     * Reads a gateway's file. What the command line says stands above the environment, and that
     * above the file.
     *
     * @param overrides from the command line: a key's spelling to its text, lists with commas
     * @param environment all of the process's environment
     * @throws ConfigException when something cannot be used
     */
    public static GatewayConfig load(
            Path file, Map<String, String> overrides, Map<String, String> environment)
            throws ConfigException {
        GatewaySettings settings = Layers.merge(file, overrides, environment);
        return new GatewayReading(file, settings, Layers.strangers(environment)).config();
    }
}
