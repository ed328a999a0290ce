package io.culvert.server.config;

import io.culvert.config.ConfigException;
import io.culvert.config.Warning;
import io.culvert.ip.IpPrefix;
import io.culvert.server.config.GatewayConfig.DoorKind;
import io.culvert.server.config.GatewayConfig.Effective;
import io.culvert.server.config.GatewayConfig.Inside;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One turning of settings, which are text, into a {@link GatewayConfig}. Confined to one thread.
 */
final class GatewayReading {
    private final Path file;
    private final Map<GatewayKey, Setting> settings;
    private final List<RelayEntry> relays;
    private final ExitReading exit;
    private final List<Warning> warnings;

    GatewayReading(Path file, GatewaySettings settings, List<Warning> warnings) {
        this.file = file;
        this.settings = settings.keys();
        this.relays = settings.relays();
        this.exit = new ExitReading(settings.keys(), settings.rules());
        this.warnings = new ArrayList<>(warnings);
    }

    GatewayConfig config() throws ConfigException {
        refuseAdmin();
        Path tunnel = tunnel();
        String path = path();
        DoorKind door = door();
        Path tokens = tokens();
        RelayReading.Whole whole =
                new RelayReading.Whole(tunnel == null ? null : path, door, tokens);
        Inside inside = inside();
        return new GatewayConfig(
                file,
                tunnel,
                inside,
                exit(inside),
                listen(),
                path,
                door,
                tokens,
                new RelayReading(whole).read(relays),
                nat(),
                tls(),
                trustedProxies(),
                website(),
                effective(),
                warnings);
    }

    /** Who only relays needs none. */
    private @Nullable Path tunnel() throws ConfigException {
        if (relays.isEmpty()) {
            return required(GatewayKey.TUNNEL, "tunnel: wg0.conf").path();
        }
        Setting setting = settings.get(GatewayKey.TUNNEL);
        return setting == null ? null : setting.path();
    }

    /** What only a tunnel can do. */
    private ConfigException withoutTunnel(Setting setting, String what) {
        return setting.complaint(what + " without a tunnel", "add `tunnel: wg0.conf`, or leave it");
    }

    private Setting required(GatewayKey key, String example) throws ConfigException {
        Setting setting = settings.get(key);
        if (setting == null) {
            throw new ConfigException(
                    file.toString(), "no " + key.spelling(), "add `" + example + "`");
        }
        return setting;
    }

    private Inside inside() throws ConfigException {
        Setting setting = settings.get(GatewayKey.INSIDE);
        if (setting == null || setting.value().equals("tun")) {
            return Inside.TUN;
        }
        if (setting.value().equals("userspace")) {
            return Inside.USERSPACE;
        }
        throw setting.complaint(
                quoted(setting) + " is not known", "write `inside: tun` or `inside: userspace`");
    }

    private ExitConfig exit(Inside inside) throws ConfigException {
        ExitConfig read = exit.read();
        if (inside == Inside.TUN) {
            exit.refuseForTun();
            return read;
        }
        if (nat()) {
            throw required(GatewayKey.NAT, "nat: false")
                    .complaint(
                            "nothing to masquerade with `inside: userspace`",
                            "leave it out: what peers open leaves as this process's own");
        }
        if (!exit.hasPrivateRanges()) {
            warnings.add(
                    new Warning(
                            file.toString(),
                            0,
                            "peers reach no private addresses (10.0.0.0/8, 192.168.0.0/16 and the"
                                    + " like) but those that `egress` allows: write"
                                    + " `privateRanges: allow` for a home or an office, or"
                                    + " `privateRanges: deny` to say that it is meant so"));
        }
        return read;
    }

    private List<ListenAddress> listen() throws ConfigException {
        Setting setting = required(GatewayKey.LISTEN, "listen: [https://0.0.0.0:443]");
        List<ListenAddress> addresses = new ArrayList<>();
        for (String value : setting.values()) {
            try {
                ListenAddress address = ListenAddress.parse(value, setting.base());
                if (addresses.contains(address)) {
                    throw setting.complaint(value + " is given twice", "leave one");
                }
                if (address instanceof ListenAddress.Udp && tunnel() == null) {
                    throw withoutTunnel(setting, value);
                }
                addresses.add(address);
            } catch (IllegalArgumentException e) {
                throw setting.complaint(
                        String.valueOf(e.getMessage()),
                        "write https://HOST:PORT, http://HOST:PORT, unix:///PATH"
                                + " or udp://HOST:PORT");
            }
        }
        if (addresses.isEmpty()) {
            throw setting.complaint("an empty list", "add `- https://0.0.0.0:443`");
        }
        return addresses;
    }

    private String path() throws ConfigException {
        Setting setting = settings.get(GatewayKey.PATH);
        return setting == null ? String.valueOf(GatewayKey.PATH.fallback()) : path(setting);
    }

    /** A path of a URL. */
    static String path(Setting setting) throws ConfigException {
        if (!setting.value().matches("/[A-Za-z0-9._~!$&'()*+,=:@/-]*")
                || setting.value().contains("/.")
                || setting.value().contains("//")) {
            throw setting.complaint(
                    quoted(setting) + " is not a path",
                    "begin with / and use letters, digits and -._~");
        }
        return setting.value();
    }

    private DoorKind door() throws ConfigException {
        Setting setting = settings.get(GatewayKey.DOOR);
        boolean isListed = settings.containsKey(GatewayKey.TOKENS);
        if (setting == null) {
            return isListed ? DoorKind.TOKEN : DoorKind.KNOCK;
        }
        if (isListed) {
            throw setting.complaint("stands beside `tokens`", "leave one of the two");
        }
        return door(setting);
    }

    /** A door without tokens. */
    static DoorKind door(Setting setting) throws ConfigException {
        return switch (setting.value()) {
            case "knock" -> DoorKind.KNOCK;
            case "open" -> DoorKind.OPEN;
            default ->
                    throw setting.complaint(
                            quoted(setting) + " is not known", "write `knock` or `open`");
        };
    }

    private @Nullable Path tokens() throws ConfigException {
        Setting setting = settings.get(GatewayKey.TOKENS);
        return setting == null ? null : tokens(setting);
    }

    /** A file of tokens. */
    static Path tokens(Setting setting) throws ConfigException {
        return existing(setting, "name a file with one token a line");
    }

    private @Nullable Path existing(GatewayKey key, String remedy) throws ConfigException {
        Setting setting = settings.get(key);
        return setting == null ? null : existing(setting, remedy);
    }

    private static Path existing(Setting setting, String remedy) throws ConfigException {
        if (!Files.isReadable(setting.path()) || Files.isDirectory(setting.path())) {
            throw setting.complaint(setting.path() + " is not a readable file", remedy);
        }
        return setting.path();
    }

    private boolean nat() throws ConfigException {
        Setting setting = settings.get(GatewayKey.NAT);
        boolean isWanted = setting != null && truth(setting);
        if (setting != null && isWanted && tunnel() == null) {
            throw withoutTunnel(setting, "nothing to masquerade");
        }
        return isWanted;
    }

    /** {@code true} or {@code false}. */
    static boolean truth(Setting setting) throws ConfigException {
        return switch (setting.value()) {
            case "true" -> true;
            case "false" -> false;
            default ->
                    throw setting.complaint(
                            quoted(setting) + " is neither true nor false",
                            "write `true` or `false`");
        };
    }

    private @Nullable TlsFiles tls() throws ConfigException {
        Setting certificate = settings.get(GatewayKey.TLS_CERTIFICATE);
        Setting key = settings.get(GatewayKey.TLS_KEY);
        if (certificate != null && key == null) {
            throw certificate.complaint("stands alone", "add `key` to `tls`");
        }
        if (key != null && certificate == null) {
            throw key.complaint("stands alone", "add `certificate` to `tls`");
        }
        Path chain = existing(GatewayKey.TLS_CERTIFICATE, "name a PEM file");
        Path secret = existing(GatewayKey.TLS_KEY, "name a PEM file that this user may read");
        return chain == null || secret == null ? null : new TlsFiles(chain, secret);
    }

    private List<IpPrefix> trustedProxies() throws ConfigException {
        List<IpPrefix> prefixes = new ArrayList<>();
        Setting setting = settings.get(GatewayKey.TRUSTED_PROXIES);
        if (setting != null) {
            for (String value : setting.values()) {
                try {
                    prefixes.add(IpPrefix.parse(value).masked());
                } catch (IllegalArgumentException e) {
                    throw setting.complaint(
                            String.valueOf(e.getMessage()), "write a prefix such as 127.0.0.0/8");
                }
            }
        }
        return prefixes;
    }

    private Website website() throws ConfigException {
        Setting setting = settings.get(GatewayKey.WEBSITE);
        if (setting == null) {
            return new Website.Plain();
        }
        if (setting.value().matches("https?://.*")) {
            try {
                URI url = URI.create(setting.value());
                if (url.getHost() != null && url.getQuery() == null) {
                    return new Website.Upstream(url);
                }
            } catch (IllegalArgumentException ignored) { // the complaint below says it
            }
            throw setting.complaint(
                    quoted(setting) + " is not a web server's URL", "write http://HOST:PORT");
        }
        if (!Files.isDirectory(setting.path()) || !Files.isReadable(setting.path())) {
            throw setting.complaint(
                    setting.path() + " is not a readable folder", "name a folder or a URL");
        }
        return new Website.Folder(setting.path());
    }

    /** A key that later releases have. */
    private void refuseAdmin() throws ConfigException {
        Setting setting = settings.get(GatewayKey.ADMIN);
        if (setting != null) {
            throw setting.complaint("not in this release", "leave it out; see `culvert show`");
        }
    }

    private List<Effective> effective() {
        List<Effective> rows = new ArrayList<>();
        for (GatewayKey key : GatewayKey.values()) {
            Setting setting = settings.get(key);
            if (setting != null) {
                String value = String.join(", ", setting.values());
                rows.add(new Effective(key.spelling(), value, setting.source()));
            } else {
                String value = key.fallback() == null ? "-" : key.fallback();
                boolean isTokenDoor =
                        key == GatewayKey.DOOR && settings.containsKey(GatewayKey.TOKENS);
                rows.add(new Effective(key.spelling(), isTokenDoor ? "token" : value, "default"));
            }
        }
        return rows;
    }

    private static String quoted(Setting setting) {
        return "\"" + setting.value() + "\"";
    }
}
