package io.culvert.server.gateway;

import io.culvert.config.ConfigException;
import io.culvert.config.FileFault;
import io.culvert.config.TunnelFile;
import io.culvert.config.Warning;
import io.culvert.server.config.GatewayConfig;
import io.culvert.server.config.ListenAddress;
import io.culvert.server.config.ListenAddress.Http;
import io.culvert.server.config.ListenAddress.Https;
import io.culvert.server.config.ListenAddress.Udp;
import io.culvert.server.config.ListenAddress.Unix;
import io.culvert.server.config.RelayConfig;
import io.culvert.server.tls.GatewayTls;
import io.culvert.server.tls.TlsException;
import io.culvert.server.web.DoorKeeper;
import io.culvert.server.web.WebFront;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway's files name but do not hold, looked at before the machine is changed; and what
 * they say in vain. Thread-safe (stateless).
 */
public final class GatewayFiles {
    private static final Pattern LINE = Pattern.compile("\\s*(?:#@\\s*)?(\\w+)\\s*=.*");

    private GatewayFiles() {}

    /**
     * Looks at everything, changing nothing.
     *
     * @param file the tunnel's; null for a gateway that only relays
     * @return what works but should be looked at
     * @throws ConfigException when tokens or an address cannot be used
     * @throws TlsException when the certificate cannot be used
     */
    public static List<Warning> check(GatewayConfig config, @Nullable TunnelFile file)
            throws ConfigException, TlsException {
        if (config.tokens() != null) {
            var _ = DoorKeeper.tokens(config.tokens());
        }
        for (RelayConfig relay : config.relays()) {
            if (relay.tokens() != null) {
                var _ = DoorKeeper.tokens(relay.tokens());
            }
        }
        if (config.tls() != null) {
            GatewayTls.check(config.tls());
        }
        String place = config.placeOf("listen");
        for (ListenAddress address : config.listen()) {
            switch (address) {
                case Https(String host, int _) -> resolve(address, host, place);
                case Http(String host, int _) -> resolve(address, host, place);
                case Udp(String host, int _) -> resolve(address, host, place);
                case Unix unix -> WebFront.check(unix, place);
            }
        }
        List<Warning> warnings = new ArrayList<>(config.warnings());
        if (file != null && config.tunnel() != null) {
            warnings.addAll(inVain(config, config.tunnel(), file));
        }
        return warnings;
    }

    private static void resolve(ListenAddress address, String host, String place)
            throws ConfigException {
        try {
            var _ = InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw address.refusal(place, e);
        }
    }

    /** A gateway listens where its own file says, and calls peers by UDP only. */
    private static List<Warning> inVain(GatewayConfig config, Path path, TunnelFile file)
            throws ConfigException {
        List<Warning> warnings = new ArrayList<>();
        List<String> lines;
        try {
            lines = Files.readAllLines(path);
        } catch (IOException e) {
            throw new ConfigException(
                    path.toString(),
                    "cannot be read (" + FileFault.why(e) + ")",
                    "name a tunnel file that this user may read");
        }
        for (int i = 0; i < lines.size(); i++) {
            Matcher matcher = LINE.matcher(lines.get(i));
            String why = matcher.matches() ? why(matcher.group(1), config, file) : null;
            if (why != null) {
                String text = matcher.group(1) + " means nothing to a gateway: " + why;
                warnings.add(new Warning(path.toString(), i + 1, text));
            }
        }
        return warnings;
    }

    /** Null when the key means something. */
    private static @Nullable String why(String key, GatewayConfig config, TunnelFile file) {
        List<Udp> udp =
                config.listen().stream()
                        .filter(Udp.class::isInstance)
                        .map(Udp.class::cast)
                        .toList();
        return switch (key.toLowerCase(Locale.ROOT)) {
            case "listenport" -> {
                Integer port = file.local().listenPort();
                boolean isListening =
                        port == null || udp.stream().anyMatch(address -> address.port() == port);
                yield isListening
                        ? null
                        : "write `listen: udp://[::]:" + port + "` in its own file";
            }
            case "websocket", "pin", "cafile", "tokenfile" ->
                    "its clients call it; leave the line out";
            case "endpoint" ->
                    udp.isEmpty() ? "without `listen: udp://…` it calls nobody by UDP" : null;
            default -> null;
        };
    }
}
