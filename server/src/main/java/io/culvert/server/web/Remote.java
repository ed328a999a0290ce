package io.culvert.server.web;

import io.culvert.ip.IpAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Predicate;
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

    /**
     * What cookies and rate limits know it by: address and port; or where the address is unknown,
     * or that of many, a number that the connection alone has.
     *
     * @param standsForMany says so of an address
     */
    byte[] source(Predicate<IpAddress> standsForMany, long connection) {
        if (address == null || standsForMany.test(address)) {
            return ByteBuffer.allocate(Long.BYTES).putLong(connection).array();
        }
        byte[] bytes = address.toBytes();
        return ByteBuffer.wrap(Arrays.copyOf(bytes, bytes.length + Short.BYTES))
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
