package io.culvert.config;

import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PrivateKey;
import io.culvert.crypto.PublicKey;
import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The forms of single values, each with the remedy for a wrong one. Thread-safe (stateless). */
final class Values {
    static final int LAST_PORT = 65535;

    private static final long LAST_MARK = 0xffff_ffffL;
    private static final String KEY_REMEDY =
            "a key is 44 characters that end in =, as `culvert genkey` prints them";

    private Values() {}

    static PrivateKey privateKey(Entry entry) throws ConfigException {
        return key(entry, PrivateKey::parse);
    }

    static PublicKey publicKey(Entry entry) throws ConfigException {
        return key(entry, PublicKey::parse);
    }

    static PresharedKey presharedKey(Entry entry) throws ConfigException {
        return key(entry, PresharedKey::parse);
    }

    private static <T> T key(Entry entry, Function<String, T> parser) throws ConfigException {
        try {
            return parser.apply(entry.value());
        } catch (IllegalArgumentException e) {
            // Not the parser's text: however it words it, a secret must not come out.
            throw entry.bad(
                    "%s is no key, it has %d characters"
                            .formatted(entry.key().spelling(), entry.value().length()),
                    KEY_REMEDY);
        }
    }

    /** The parts of a list; an empty value is an empty list, as in wg(8). */
    static List<String> list(Entry entry, String separators) {
        return Arrays.stream(entry.value().split(separators, -1))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    static IpPrefix prefix(Entry entry, String text) throws ConfigException {
        try {
            return IpPrefix.parse(text);
        } catch (IllegalArgumentException e) {
            throw entry.bad(
                    "%s: %s is no prefix"
                            .formatted(entry.key().spelling(), ConfigException.quote(text)),
                    "write address/length, with commas between several: 10.8.0.0/24, fd08::/64");
        }
    }

    static IpAddress address(Entry entry, String text) throws ConfigException {
        try {
            return IpAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw entry.bad(
                    "%s: %s is no address"
                            .formatted(entry.key().spelling(), ConfigException.quote(text)),
                    "write an address like 10.8.0.1 or fd08::1");
        }
    }

    static int number(Entry entry, int least, int most) throws ConfigException {
        if (entry.value().matches("[0-9]{1,9}")) {
            int number = Integer.parseInt(entry.value());
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw entry.badValue("write a number from " + least + " to " + most);
    }

    static @Nullable Integer keepaliveSeconds(Entry entry) throws ConfigException {
        if (entry.value().equalsIgnoreCase("off")) {
            return null;
        }
        if (!entry.value().matches("[0-9]{1,5}")) {
            throw entry.badValue("write seconds from 1 to 65535, or off");
        }
        int seconds = number(entry, 0, LAST_PORT);
        return seconds == 0 ? null : seconds;
    }

    static @Nullable Long mark(Entry entry) throws ConfigException {
        String text = entry.value().toLowerCase(Locale.ROOT);
        if (text.equals("off")) {
            return null;
        }
        long mark = -1;
        if (text.matches("0x[0-9a-f]{1,8}")) {
            mark = Long.parseLong(text.substring(2), 16);
        } else if (text.matches("[0-9]{1,10}")) {
            mark = Long.parseLong(text);
        }
        if (mark < 0 || mark > LAST_MARK) {
            throw entry.badValue("write a 32-bit number like 51820 or 0xca6c, or off");
        }
        return mark == 0 ? null : mark;
    }

    static boolean truth(Entry entry) throws ConfigException {
        return switch (entry.value().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw entry.badValue("write true or false");
        };
    }

    static RoutingTable table(Entry entry) throws ConfigException {
        String text = entry.value();
        if (text.equalsIgnoreCase("auto")) {
            return new RoutingTable.Auto();
        }
        if (text.equalsIgnoreCase("off")) {
            return new RoutingTable.Off();
        }
        if (!text.matches("[a-zA-Z0-9_.][a-zA-Z0-9_.-]*")) {
            throw entry.badValue("write auto, off, or a table's number or name");
        }
        return new RoutingTable.Named(text);
    }

    static Endpoint endpoint(Entry entry) throws ConfigException {
        try {
            return Endpoint.parse(entry.value());
        } catch (IllegalArgumentException e) {
            throw entry.badValue("write host:port, or [address]:port for IPv6");
        }
    }

    static URI webSocket(Entry entry) throws ConfigException {
        URI url = url(entry, Set.of("ws", "wss"));
        if (url == null || url.getRawFragment() != null || url.getRawUserInfo() != null) {
            throw entry.badValue("write wss://host/path, or ws://host/path without TLS");
        }
        return url;
    }

    static URI proxy(Entry entry) throws ConfigException {
        URI url = url(entry, Set.of("http", "https", "socks5", "socks5h"));
        if (url == null || url.getPort() < 0 || url.getRawPath().length() > 1) {
            // The value may hold a password and so is not shown.
            throw entry.bad(
                    "Proxy is no proxy's URL",
                    "write http://host:port, https://host:port or socks5://host:port");
        }
        return url;
    }

    /** The URL, with an absolute path and a port that exists; null when it is none. */
    private static @Nullable URI url(Entry entry, Set<String> schemes) {
        try {
            URI url = new URI(entry.value());
            boolean isGood =
                    url.getScheme() != null
                            && schemes.contains(url.getScheme().toLowerCase(Locale.ROOT))
                            && url.getHost() != null
                            && url.getPort() != 0
                            && url.getPort() <= LAST_PORT;
            return isGood ? url : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    static Pin pin(Entry entry, String text) throws ConfigException {
        try {
            return Pin.parse(text);
        } catch (IllegalArgumentException e) {
            throw entry.badValue("write sha256/BASE64 as the gateway prints it, or 64 hex digits");
        }
    }

    /** A file that must exist, named relative to the tunnel file. */
    static Path file(Entry entry, Path folder) throws ConfigException {
        try {
            Path path = folder.resolve(entry.value()).normalize();
            if (!entry.value().isEmpty() && Files.isRegularFile(path)) {
                return path;
            }
            throw noFile(entry, path);
        } catch (InvalidPathException e) {
            throw entry.bad(
                    entry.key().spelling() + " is no path",
                    "write a file's path, relative to the tunnel file");
        }
    }

    /** Who takes TokenFile for Token writes a secret there. */
    private static ConfigException noFile(Entry entry, Path path) {
        String what = entry.key() == Key.TOKEN_FILE ? "such file" : "file " + path;
        return entry.bad(
                entry.key().spelling() + ": there is no " + what,
                "its path is relative to the tunnel file");
    }
}
