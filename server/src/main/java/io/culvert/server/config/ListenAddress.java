package io.culvert.server.config;

import io.culvert.config.ConfigException;
import java.net.SocketException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;

/** Where a gateway listens. */
public sealed interface ListenAddress {
    /** HTTPS: the website and WebSockets. */
    record Https(String host, int port) implements ListenAddress {
        @Override
        public String toString() {
            return "https://" + bracketed(host) + ":" + port;
        }
    }

    /** HTTP, for a reverse proxy in front. */
    record Http(String host, int port) implements ListenAddress {
        @Override
        public String toString() {
            return "http://" + bracketed(host) + ":" + port;
        }
    }

    /** HTTP on a unix socket, for a reverse proxy in front. */
    record Unix(Path socket) implements ListenAddress {
        @Override
        public String toString() {
            return "unix://" + socket;
        }
    }

    /** Plain WireGuard. */
    record Udp(String host, int port) implements ListenAddress {
        @Override
        public String toString() {
            return "udp://" + bracketed(host) + ":" + port;
        }
    }

    /**
     * The address that {@code text} spells.
     *
     * @param base what the path of a unix socket is relative to
     * @throws IllegalArgumentException with the reason, when it spells none
     */
    static ListenAddress parse(String text, Path base) {
        if (text.startsWith("unix:")) {
            String path = text.substring("unix:".length()).replaceFirst("^//", "");
            if (path.isEmpty()) {
                throw new IllegalArgumentException("\"" + text + "\" names no socket file");
            }
            return new Unix(base.resolve(path).normalize());
        }
        URI uri = uri(text);
        return switch (String.valueOf(uri.getScheme())) {
            case "https" -> new Https(host(uri), port(uri, 443));
            case "http" -> new Http(host(uri), port(uri, 80));
            case "udp" -> new Udp(host(uri), port(uri, 51_820));
            default -> throw new IllegalArgumentException("\"" + text + "\" has no known scheme");
        };
    }

    /**
     * The complaint when it cannot be listened on.
     *
     * @param place where the configuration names it
     */
    default ConfigException refusal(String place, Exception cause) {
        Throwable told = cause.getCause() instanceof SocketException inner ? inner : cause;
        boolean isUnknown =
                told instanceof UnresolvedAddressException || told instanceof UnknownHostException;
        String reason = isUnknown ? "the host is not known" : String.valueOf(told.getMessage());
        return new ConfigException(place, "listen: " + this + ": " + reason, remedy(reason));
    }

    private static String remedy(String reason) {
        if (reason.contains("in use")) {
            return "end the program that listens there, or choose another address";
        }
        return reason.contains("ermission denied")
                ? "choose a port from 1024 on, or allow this one to users without root:"
                        + " sysctl net.ipv4.ip_unprivileged_port_start"
                : "choose an address that this machine has and this user may use";
    }

    private static URI uri(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("\"" + text + "\" is no address", e);
        }
        String path = uri.getRawPath();
        if (uri.getHost() == null || uri.getUserInfo() != null) {
            throw new IllegalArgumentException("\"" + text + "\" has no host and port");
        }
        if ((path != null && path.length() > 1) || uri.getQuery() != null) {
            throw new IllegalArgumentException("\"" + text + "\" has a path, which `path:` is for");
        }
        return uri;
    }

    private static String host(URI uri) {
        String host = uri.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static int port(URI uri, int fallback) {
        int port = uri.getPort() < 0 ? fallback : uri.getPort();
        if (port > 65_535) {
            throw new IllegalArgumentException("\"" + uri + "\": a port is at most 65535");
        }
        return port;
    }

    private static String bracketed(String host) {
        return host.indexOf(':') < 0 ? host : "[" + host + "]";
    }
}
