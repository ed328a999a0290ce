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
            throw refusal(address, e);
        }
        return named(connector, address);
    }

    /** The socket file is replaced if nobody listens there any more. */
    AbstractConnector unix(ListenAddress.Unix address) throws ConfigException {
        Path socket = address.socket();
        try {
            if (isAnswered(socket)) {
                throw refusal(address, new BindException("Address already in use"));
            }
            deleteSocket(socket, address);
            if (socket.getParent() != null) {
                Files.createDirectories(socket.getParent());
            }
        } catch (IOException e) {
            throw refusal(address, e);
        }
        UnixDomainServerConnector connector =
                new UnixDomainServerConnector(
                        server, null, null, null, 1, 1, new HttpConnectionFactory(http()));
        connector.setUnixDomainPath(socket);
        return named(connector, address);
    }

    /** Nothing but a socket is deleted: the gateway is root, and a path is easily mistyped. */
    private static void deleteSocket(Path path, ListenAddress address)
            throws ConfigException, IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Object mode = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if (!(mode instanceof Integer bits) || (bits & FILE_TYPE) != SOCKET) {
            throw new ConfigException("listen", address + ": is not a socket", "name another path");
        }
        Files.delete(path);
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

    /** One line for the operator. */
    static ConfigException refusal(ListenAddress address, Exception cause) {
        String reason =
                cause instanceof UnresolvedAddressException
                        ? "the host is not known"
                        : String.valueOf(cause.getMessage());
        String remedy =
                reason.contains("in use")
                        ? "end the program that listens there, or choose another address"
                        : "choose an address that this machine has and this user may use";
        return new ConfigException("listen", address + ": " + reason, remedy);
    }
}
