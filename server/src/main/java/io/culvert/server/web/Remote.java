package io.culvert.server.web;

import io.culvert.ip.IpAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * The client at the far end, as far as trusted proxies tell. Immutable.
 *
 * @param address its address; null behind a unix socket whose proxy said nothing
 * @param port its port; where a proxy spoke for it, the proxy's
 * @param isSecure whether its side of the web speaks TLS
 */
record Remote(@Nullable IpAddress address, int port, boolean isSecure) {
    static Remote of(Request request) {
        boolean isSecure = request.isSecure();
        return request.getConnectionMetaData().getRemoteSocketAddress()
                                instanceof InetSocketAddress inet
                        && !inet.isUnresolved()
                ? new Remote(IpAddress.of(inet.getAddress()), inet.getPort(), isSecure)
                : new Remote(null, 0, isSecure);
    }

    /** {@code wss} or {@code ws}. */
    String kind() {
        return isSecure ? "wss" : "ws";
    }

    /** Address and port as bytes, for cookies and rate limits. */
    byte[] source() {
        byte[] bytes = address == null ? new byte[0] : address.toBytes();
        return ByteBuffer.wrap(Arrays.copyOf(bytes, bytes.length + 2))
                .putShort(bytes.length, (short) port)
                .array();
    }

    /** {@code ip:port}, or {@code unix}. */
    @Override
    public String toString() {
        if (address == null) {
            return "unix";
        }
        return (address.isIpv6() ? "[" + address + "]" : address.toString()) + ":" + port;
    }
}
