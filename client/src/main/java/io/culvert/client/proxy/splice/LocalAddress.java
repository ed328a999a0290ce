package io.culvert.client.proxy.splice;

import io.culvert.client.proxy.Target;
import io.culvert.ip.IpAddress;
import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a socket of this machine is. Immutable. */
public sealed interface LocalAddress {
    /** Addresses that mean all of this machine's. */
    String ANY = "*";

    /**
     * An address and a port; listening, port 0 lets the system choose.
     *
     * @param ip one of this machine's addresses
     */
    record Tcp(IpAddress ip, int port) implements LocalAddress {
        /** As the JDK has it. */
        public InetSocketAddress socketAddress() {
            return new InetSocketAddress(ip.toInetAddress(), port);
        }

        @Override
        public String toString() {
            return (ip.isIpv6() ? "[" + ip + "]" : ip.toString()) + ":" + port;
        }
    }

    /** A Unix socket. */
    record Unix(Path path) implements LocalAddress {
        @Override
        public String toString() {
            return "unix:" + path;
        }
    }

    /**
     * The address that the text spells: {@code port}, {@code address:port}, {@code [v6]:port},
     * {@code localhost:port}, {@code *:port} or {@code unix:/path}. Names are not asked for.
     *
     * @throws IllegalArgumentException with one line: what, where, remedy
     */
    static LocalAddress parse(String text) {
        if (text.startsWith("unix:")) {
            return unix(text.substring("unix:".length()));
        }
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        String digits = text.substring(colon + 1);
        int port = Target.port(digits);
        IpAddress ip = colon == 0 ? null : ip(unbracketed(host));
        boolean isPort = (port > 0 && port <= 65_535) || digits.equals("0");
        if (ip == null || !isPort || (host.contains(":") && !host.startsWith("["))) {
            throw new IllegalArgumentException(
                    "'"
                            + text
                            + "' is no local address: write 127.0.0.1:1080, [::1]:1080 or"
                            + " unix:/path");
        }
        return new Tcp(ip, port);
    }

    /** The Unix socket of this path. */
    static LocalAddress unix(String path) {
        if (path.isEmpty()) {
            throw new IllegalArgumentException("'unix:' needs a path: write unix:/path");
        }
        try {
            return new Unix(Path.of(path));
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    "'unix:' needs a path that can be: " + e.getReason());
        }
    }

    /** A local address by its spelling: empty and {@code localhost} are loopback; null if none. */
    static @Nullable IpAddress ip(String host) {
        if (host.isEmpty() || host.equals("localhost")) {
            return IpAddress.parse("127.0.0.1");
        }
        try {
            return IpAddress.parse(host.equals(ANY) ? "0.0.0.0" : host);
        } catch (IllegalArgumentException ignored) { // a name, which is not asked for
            return null;
        }
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") && host.endsWith("]")
                ? host.substring(1, host.length() - 1)
                : host;
    }
}
