package io.culvert.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host, by name or address, and a UDP port. Immutable.
 *
 * @param host without the brackets of an IPv6 address
 */
public record Endpoint(String host, int port) {
    private static final Pattern FORM =
            Pattern.compile("(?:\\[([0-9a-fA-F:.]+(?:%[\\w.-]+)?)]|([\\w.-]+)):([0-9]{1,5})");
    private static final int LAST_PORT = 65535;

    /** Refuses a port that does not exist. */
    public Endpoint {
        if (host.isEmpty() || port < 1 || port > LAST_PORT) {
            throw new IllegalArgumentException("'" + host + ":" + port + "' is no endpoint");
        }
    }

    /**
     * The endpoint that {@code text} spells: {@code host:port} or {@code [v6]:port}.
     *
     * @throws IllegalArgumentException when it is neither
     */
    public static Endpoint parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not host:port");
        }
        String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
        return new Endpoint(host, Integer.parseInt(matcher.group(3)));
    }

    /** As in files. */
    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
