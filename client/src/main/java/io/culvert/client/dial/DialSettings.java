package io.culvert.client.dial;

import io.culvert.carrier.Hello;
import io.culvert.client.tls.Trust;
import java.net.URI;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where to dial and how. Immutable; the supplier is asked on the loop, once an attempt.
 *
 * @param url {@code ws://} or {@code wss://}, host, path
 * @param trust whom to believe that it is the gateway; without meaning for {@code ws}
 * @param token the bearer token that opens the door (a knock, or a token file's content); null for
 *     none. It may throw {@link java.io.UncheckedIOException} with one line for the operator
 * @param bare offer no subprotocol: one message is one datagram
 * @param fwMark what the kernel marks our packets with, so that routes keep them out of the tunnel;
 *     0 for none
 * @param hello how this side introduces itself
 * @param connectTimeoutMs from the first packet to the answered upgrade
 */
public record DialSettings(
        URI url,
        Trust trust,
        Supplier<@Nullable String> token,
        boolean bare,
        int fwMark,
        Hello hello,
        int connectTimeoutMs) {
    /** A good {@code connectTimeoutMs}. */
    public static final int CONNECT_TIMEOUT_MS = 10_000;

    private static final int PORT_WS = 80;
    private static final int PORT_WSS = 443;

    /** Refuses URLs that cannot be dialled. */
    public DialSettings {
        String form = ", as in wss://vpn.example.com/connect";
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("ws") && !scheme.equals("wss")) {
            throw new IllegalArgumentException(url + ": begin it with wss:// or ws://" + form);
        }
        if (url.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    "user and password in a URL are not sent: remove what stands before '@'");
        }
        if (url.getHost() == null) {
            throw new IllegalArgumentException(url + ": a host belongs after '//'" + form);
        }
        if (url.getRawFragment() != null) {
            throw new IllegalArgumentException(url + ": '#…' is never sent: remove it");
        }
        if (connectTimeoutMs <= 0) {
            throw new IllegalArgumentException("connect timeout of " + connectTimeoutMs + " ms");
        }
    }

    /** The same with another mark. */
    DialSettings withFwMark(int mark) {
        return new DialSettings(url, trust, token, bare, mark, hello, connectTimeoutMs);
    }

    /** Whether TLS is spoken. */
    boolean isSecure() {
        return "wss".equalsIgnoreCase(url.getScheme());
    }

    /** {@code wss} or {@code ws}. */
    String kind() {
        return isSecure() ? "wss" : "ws";
    }

    /** The host without the brackets of an IPv6 address. */
    String host() {
        String host = url.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    int port() {
        return url.getPort() >= 0 ? url.getPort() : isSecure() ? PORT_WSS : PORT_WS;
    }

    /** What the {@code Host} header says: the port only where it is not the scheme's own. */
    String authority() {
        boolean isUsual = port() == (isSecure() ? PORT_WSS : PORT_WS);
        return isUsual ? url.getHost() : url.getHost() + ":" + port();
    }

    /** What the request line asks for. */
    String target() {
        String path =
                url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        return url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
    }
}
