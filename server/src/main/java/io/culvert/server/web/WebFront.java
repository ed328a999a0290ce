package io.culvert.server.web;

import io.culvert.carrier.Carrier;
import io.culvert.config.ConfigException;
import io.culvert.server.config.ListenAddress;
import io.culvert.server.config.ListenAddress.Http;
import io.culvert.server.config.ListenAddress.Https;
import io.culvert.server.config.ListenAddress.Udp;
import io.culvert.server.config.ListenAddress.Unix;
import io.culvert.server.site.Site;
import io.culvert.server.tls.GatewayTls;
import io.culvert.time.WallClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The web side of a gateway: the website for everybody, tunnels for who may.
 *
 * <p>Confined to the thread that starts and stops it, which must not be the loop's; {@link
 * #carriers} is the loop's.
 */
public final class WebFront {
    private static final Logger LOG = LoggerFactory.getLogger(WebFront.class);
    private static final int MOST_THREADS = 48;
    private static final int LEAST_THREADS = 4;
    private static final Duration CERTIFICATE_CHECK = Duration.ofSeconds(3);

    private final WebFrontSettings settings;
    private final TunnelEnd end;
    private final Tunnels tunnels;
    private final ConnectionLimit connections;
    private final Server server;

    /**
     * Assigns; {@link #start} starts.
     *
     * @param entrances where WebSockets open, no path twice
     */
    public WebFront(
            WebFrontSettings settings, TunnelEnd end, List<Entrance> entrances, WallClock wall) {
        this.settings = settings;
        this.end = end;
        this.connections =
                new ConnectionLimit(
                        settings.limits().maxStrangers(),
                        settings.limits().maxTunnels(),
                        this::accept);
        this.tunnels = new Tunnels(end, settings.limits(), shares(), connections::proven);
        QueuedThreadPool threads = new QueuedThreadPool(MOST_THREADS, LEAST_THREADS);
        threads.setName("web");
        threads.setDaemon(true);
        this.server = new Server(threads);
        Door door = new Door(entrances, wall, tunnels);
        door.setHandler(Site.of(settings.website()));
        server.setHandler(new GracefulHandler(door));
        server.setErrorHandler(Site.errors());
    }

    /** Proxies stand for many, and so does this machine, where one may run unnamed. */
    private SourceShares shares() {
        return new SourceShares(
                settings.limits().maxPerSource(),
                address ->
                        address.toInetAddress().isLoopbackAddress()
                                || settings.trustedProxies().stream()
                                        .anyMatch(prefix -> prefix.contains(address)));
    }

    /**
     * Looks whether a unix socket can be made, changing nothing.
     *
     * @throws ConfigException when something else stands there
     */
    public static void check(Unix address, String place) throws ConfigException {
        Connectors.requireSocket(address, place);
    }

    /**
     * Binds all addresses and serves.
     *
     * @throws ConfigException when an address cannot be listened on; then none is
     */
    public void start() throws ConfigException {
        boolean success = false;
        try {
            addConnectors();
            SourceLimit sources = new SourceLimit(shares(), server.getThreadPool());
            for (Connector connector : server.getConnectors()) {
                ((AbstractConnector) connector).addBean(sources);
                ((AbstractConnector) connector).addBean(connections);
            }
            server.start();
            shareUnixSockets();
            success = true;
        } catch (ConfigException e) {
            throw e;
        } catch (Exception e) { // what Jetty's start declares
            throw new ConfigException(
                    settings.listenPlace(),
                    "listen: " + rootMessage(e),
                    "choose an address that this user may use");
        } finally {
            if (!success) {
                stopServer(Duration.ZERO);
            }
        }
        if (settings.tls() != null) {
            watchCertificate(settings.tls());
        }
    }

    private void accept(boolean isAccepting) {
        for (Connector connector : server.getConnectors()) {
            ((AbstractConnector) connector).setAccepting(isAccepting);
        }
    }

    private void addConnectors() throws ConfigException {
        Connectors connectors = new Connectors(server, settings);
        for (ListenAddress address : settings.listen()) {
            switch (address) {
                case Https https -> add(connectors.https(https, tls()));
                case Http http -> add(connectors.http(http));
                case Unix unix -> add(connectors.unix(unix));
                case Udp _ -> {} // the gateway's wiring opens it
            }
        }
    }

    private GatewayTls tls() {
        if (settings.tls() == null) {
            throw new IllegalStateException("an https address without a certificate");
        }
        return settings.tls();
    }

    private void add(AbstractConnector connector) {
        RequestDeadlines deadlines =
                new RequestDeadlines(
                        settings.limits(), connector.getScheduler(), end.clock()::nowNs);
        connector.addBean(deadlines);
        server.addConnector(connector);
    }

    /**
     * Owner and group may connect: a reverse proxy runs as another user. The group is the folder's,
     * which the operator makes; the socket is made anew by each start.
     */
    private void shareUnixSockets() throws IOException {
        for (ListenAddress address : settings.listen()) {
            if (address instanceof Unix(Path socket)) {
                share(socket);
            }
        }
    }

    private static void share(Path socket) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(socket, PosixFileAttributeView.class);
        Path folder = socket.toAbsolutePath().getParent();
        GroupPrincipal group =
                Files.readAttributes(folder == null ? socket : folder, PosixFileAttributes.class)
                        .group();
        try {
            if (!group.equals(view.readAttributes().group())) {
                view.setGroup(group);
            }
        } catch (IOException e) { // only root, or who is in that group, may
            LOG.warn("{} keeps its group, {} is refused: {}", socket, group, e.getMessage());
        }
        view.setPermissions(PosixFilePermissions.fromString("rw-rw----"));
    }

    private void watchCertificate(GatewayTls tls) {
        server.getScheduler()
                .schedule(
                        () -> {
                            if (server.isRunning()) {
                                tls.refresh();
                                watchCertificate(tls);
                            }
                        },
                        CERTIFICATE_CHECK);
    }

    /** The addresses served, with the port that was chosen where none was given. */
    public List<String> listening() {
        List<String> addresses = new ArrayList<>();
        for (Connector connector : server.getConnectors()) {
            String name = connector.getName();
            if (connector instanceof ServerConnector tcp) {
                name = name.replaceFirst(":0$", ":" + tcp.getLocalPort());
            }
            addresses.add(name);
        }
        return addresses;
    }

    /** The tunnels that are open, for tests. On the loop only. */
    List<Carrier> carriers() {
        return tunnels.carriers();
    }

    /**
     * Sends the clients of tunnels away, lets requests end, and stops; takes no longer than {@code
     * limit}. The loop must still run.
     */
    public void stop(Duration limit) {
        connections.stop();
        awaitTunnels(tunnels.closeAll(), limit.dividedBy(2));
        stopServer(limit.dividedBy(2));
    }

    private static void awaitTunnels(CompletableFuture<Void> closed, Duration limit) {
        try {
            closed.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            LOG.info("some tunnels did not close in time");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("closing tunnels never fails", e);
        }
    }

    private void stopServer(Duration limit) {
        try {
            server.setStopTimeout(limit.toMillis());
            server.stop();
        } catch (Exception e) { // what Jetty's stop declares; open requests may be among it
            LOG.debug("the web server did not stop cleanly", e);
        }
        for (Connector connector : server.getConnectors()) {
            if (connector instanceof ServerConnector tcp) {
                tcp.close();
            }
        }
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
