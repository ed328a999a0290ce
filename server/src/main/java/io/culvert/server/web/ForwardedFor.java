package io.culvert.server.web;

import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * The client's address as trusted proxies tell it. X-Forwarded-For is walked from the right, where
 * the nearest proxy wrote, and only as far as the writer is trusted: what stands further left, the
 * client may have made up. Who reaches a unix socket is trusted. Immutable.
 */
final class ForwardedFor implements HttpConfiguration.Customizer {
    private final List<IpPrefix> trusted;

    ForwardedFor(List<IpPrefix> trusted) {
        this.trusted = List.copyOf(trusted);
    }

    @Override
    public Request customize(Request request, HttpFields.Mutable responseHeaders) {
        SocketAddress peer = request.getConnectionMetaData().getRemoteSocketAddress();
        if (peer == null || !isTrusted(peer)) {
            return request;
        }
        IpAddress client = client(peer, request.getHeaders());
        int port = peer instanceof InetSocketAddress inet ? inet.getPort() : 0;
        SocketAddress remote =
                client == null ? peer : new InetSocketAddress(client.toInetAddress(), port);
        String proto = request.getHeaders().get(HttpHeader.X_FORWARDED_PROTO);
        boolean isSecure = request.isSecure() || "https".equalsIgnoreCase(proto);
        return new Forwarded(request, remote, isSecure);
    }

    /** The address that trusted proxies vouch for; null when the peer speaks for itself. */
    @Nullable IpAddress client(@Nullable SocketAddress peer, HttpFields headers) {
        if (!isTrusted(peer)) {
            return null;
        }
        List<String> hops = headers.getCSV(HttpHeader.X_FORWARDED_FOR, false);
        IpAddress client = null;
        for (int hop = hops.size() - 1; hop >= 0; hop--) {
            IpAddress address = parse(hops.get(hop));
            if (address == null) {
                return client;
            }
            client = address;
            if (!isTrusted(address)) {
                return client;
            }
        }
        return client;
    }

    private boolean isTrusted(@Nullable SocketAddress peer) {
        return switch (peer) {
            case InetSocketAddress inet ->
                    !inet.isUnresolved() && isTrusted(IpAddress.of(inet.getAddress()));
            case UnixDomainSocketAddress _ -> true;
            case null, default -> false;
        };
    }

    private boolean isTrusted(IpAddress address) {
        return trusted.stream().anyMatch(prefix -> prefix.contains(address));
    }

    /** An address, perhaps in brackets, perhaps with a port; null for anything else. */
    private static @Nullable IpAddress parse(String hop) {
        String text = hop.strip();
        int end = text.indexOf(']');
        if (text.startsWith("[") && end > 0) {
            text = text.substring(1, end);
        } else if (text.indexOf(':') == text.lastIndexOf(':') && text.indexOf(':') > 0) {
            text = text.substring(0, text.indexOf(':'));
        }
        try {
            return IpAddress.parse(text);
        } catch (IllegalArgumentException ignored) { // not an address: that is the answer
            return null;
        }
    }

    /** A request whose connection is told to be the client's own. Confined like any request. */
    private static final class Forwarded extends Request.Wrapper {
        private final boolean isSecure;
        private final ConnectionMetaData connection;

        Forwarded(Request request, SocketAddress client, boolean isSecure) {
            super(request);
            this.isSecure = isSecure;
            this.connection =
                    new ConnectionMetaData.Wrapper(request.getConnectionMetaData()) {
                        @Override
                        public SocketAddress getRemoteSocketAddress() {
                            return client;
                        }

                        @Override
                        public boolean isSecure() {
                            return isSecure;
                        }
                    };
        }

        @Override
        public ConnectionMetaData getConnectionMetaData() {
            return connection;
        }

        @Override
        public boolean isSecure() {
            return isSecure;
        }
    }
}
