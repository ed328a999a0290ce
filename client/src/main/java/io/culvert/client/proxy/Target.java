package io.culvert.client.proxy;

import io.culvert.ip.IpAddress;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks for: a host by name or address, and a port. Immutable.
 *
 * @param host as asked for, without the brackets of an IPv6 address
 * @param port from 1 to 65535
 */
public record Target(String host, int port) {
    private static final int LAST_PORT = 65_535;
    private static final int NAME_LIMIT_CHARS = 254;
    private static final Pattern NAME =
            Pattern.compile("(?:[A-Za-z0-9_-]{1,63}\\.)*[A-Za-z0-9_-]{1,63}\\.?");

    /** Refuses a port that does not exist, and what is neither a name nor an address. */
    public Target {
        if (port < 1 || port > LAST_PORT) {
            throw new IllegalArgumentException(port + " is no port: 1 to 65535");
        }
        if (!isName(host) && literal(host) == null) {
            throw new IllegalArgumentException("no host's name or address");
        }
    }

    /** The target, or null when there is none of that spelling. */
    public static @Nullable Target of(String host, int port) {
        boolean isHost = isName(host) || literal(host) != null;
        return isHost && port >= 1 && port <= LAST_PORT ? new Target(host, port) : null;
    }

    /**
     * What {@code host:port} or {@code [v6]:port} asks for; null when it is neither.
     *
     * @param defaultPort where none is spelled; 0 when one must be
     */
    public static @Nullable Target parse(String authority, int defaultPort) {
        boolean isBracketed = authority.startsWith("[");
        int bracket = isBracketed ? authority.indexOf(']') : -1;
        if (isBracketed && bracket < 0) {
            return null;
        }
        int colon = authority.indexOf(':', bracket + 1);
        int hostEnd = colon < 0 ? authority.length() : colon;
        if (isBracketed && hostEnd != bracket + 1) {
            return null;
        }
        String host = authority.substring(isBracketed ? 1 : 0, isBracketed ? bracket : hostEnd);
        int port = colon < 0 ? defaultPort : port(authority.substring(colon + 1));
        return isBracketed != host.contains(":") ? null : of(host, port);
    }

    /** The port that these digits spell; 0, which is none, when they spell none. */
    public static int port(String digits) {
        return digits.matches("[0-9]{1,5}") ? Integer.parseInt(digits) : 0;
    }

    /** The address, where the host is one; null for a name. */
    public @Nullable IpAddress literal() {
        return literal(host);
    }

    /** Whether it names this machine, which is never asked for inside (RFC 6761 §6.3). */
    public boolean isLocalhost() {
        String name = host.toLowerCase(Locale.ROOT);
        String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        return plain.equals("localhost") || plain.endsWith(".localhost");
    }

    private static boolean isName(String host) {
        return host.length() <= NAME_LIMIT_CHARS
                && NAME.matcher(host).matches()
                && !looksNumeric(host);
    }

    /** A last label of digits alone is a misspelled address, never a name (RFC 3696 §2). */
    private static boolean looksNumeric(String host) {
        String plain = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        String last = plain.substring(plain.lastIndexOf('.') + 1);
        return last.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static @Nullable IpAddress literal(String host) {
        boolean maybe = host.indexOf(':') >= 0 || looksNumeric(host);
        if (!maybe) {
            return null;
        }
        try {
            return IpAddress.parse(host);
        } catch (IllegalArgumentException ignored) { // then it is none
            return null;
        }
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
