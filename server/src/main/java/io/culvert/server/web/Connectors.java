package io.culvert.server.web;

import io.culvert.config.ConfigException;
import io.culvert.server.config.ListenAddress;
import io.culvert.server.tls.GatewayTls;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;

/** Makes Jetty's connectors, their sockets bound. Confined to the thread that starts. */
final class Connectors {
    // of a file's mode (inode(7))
    private static final int FILE_TYPE = 0170000;
    private static final int SOCKET = 0140000;

    private final Server server;
    private final WebFrontSettings settings;

    Connectors(Server server, WebFrontSettings settings) {
        this.server = server;
        this.settings = settings;
    }

    AbstractConnector https(ListenAddress.Https address, GatewayTls tls) throws ConfigException {
        HttpConfiguration http = http();
        HTTP2ServerConnectionFactory h2 = new HTTP2ServerConnectionFactory(http);
        h2.setConnectProtocolEnabled(false); // RFC 8441 would tell of WebSockets
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol("http/1.1");
        SslConnectionFactory ssl = new SslConnectionFactory(tls.contexts(), alpn.getProtocol());
        ssl.setEnsureSecureRequestCustomizer(false); // it would refuse names of other hosts
        ConnectionFactory[] factories = {ssl, alpn, h2, new HttpConnectionFactory(http)};
        return tcp(address, address.host(), address.port(), factories);
    }

    AbstractConnector http(ListenAddress.Http address) throws ConfigException {
        ConnectionFactory[] factories = {new HttpConnectionFactory(http())};
        return tcp(address, address.host(), address.port(), factories);
    }

    private AbstractConnector tcp(
            ListenAddress address, String host, int port, ConnectionFactory[] factories)
            throws ConfigException {
        ServerConnector connector = new ServerConnector(server, null, null, null, 1, 1, factories);
        connector.setHost(host);
        connector.setPort(port);
        connector.setReuseAddress(true);
        try {
            connector.open(
                    ListeningSocket.open(new InetSocketAddress(host, port), settings.fwmark()));
        } catch (IOException | UnresolvedAddressException e) {
            throw address.refusal(settings.listenPlace(), e);
        }
        return named(connector, address);
    }

    /** The socket file is replaced if nobody listens there any more. */
    AbstractConnector unix(ListenAddress.Unix address) throws ConfigException {
        Path socket = address.socket();
        try {
            if (isAnswered(socket)) {
                throw address.refusal(
                        settings.listenPlace(), new BindException("Address already in use"));
            }
            deleteSocket(socket, address);
            if (socket.getParent() != null) {
                Files.createDirectories(socket.getParent());
            }
        } catch (IOException e) {
            throw address.refusal(settings.listenPlace(), e);
        }
        UnixDomainServerConnector connector =
                new UnixDomainServerConnector(
                        server, null, null, null, 1, 1, new HttpConnectionFactory(http()));
        connector.setUnixDomainPath(socket);
        return named(connector, address);
    }

    private void deleteSocket(Path path, ListenAddress.Unix address)
            throws ConfigException, IOException {
        requireSocket(address, settings.listenPlace());
        Files.deleteIfExists(path);
    }

    /**
     * Refuses a path where something stands that is no socket: it would be deleted, by root, and a
     * path is easily mistyped.
     */
    static void requireSocket(ListenAddress.Unix address, String place) throws ConfigException {
        try {
            if (!Files.exists(address.socket(), LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            Object mode =
                    Files.getAttribute(address.socket(), "unix:mode", LinkOption.NOFOLLOW_LINKS);
            if (!(mode instanceof Integer bits) || (bits & FILE_TYPE) != SOCKET) {
                throw new ConfigException(
                        place, "listen: " + address + ": is not a socket", "name another path");
            }
        } catch (IOException e) {
            throw address.refusal(place, e);
        }
    }

    private static boolean isAnswered(Path socket) {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException ignored) { // a stale file, or none
            return false;
        }
    }

    private AbstractConnector named(AbstractConnector connector, ListenAddress address) {
        connector.setName(address.toString());
        connector.setIdleTimeout(settings.limits().idle().toMillis());
        connector.setShutdownIdleTimeout(200);
        return connector;
    }

    private HttpConfiguration http() {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setRelativeRedirectAllowed(true);
        http.addCustomizer(new ForwardedFor(settings.trustedProxies()));
        return http;
    }
}
