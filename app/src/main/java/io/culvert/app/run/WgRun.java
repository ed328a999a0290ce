package io.culvert.app.run;

import io.culvert.client.tunnel.ClientSetup;
import io.culvert.client.tunnel.ClientTunnel;
import io.culvert.client.tunnel.KnownHosts;
import io.culvert.config.ConfigException;
import io.culvert.config.TunnelFile;
import io.culvert.control.StatusSocket;
import io.culvert.device.UdpInterface;
import io.culvert.host.HostException;
import io.culvert.host.ProcessCommands;
import io.culvert.host.RunDir;
import io.culvert.tun.linux.LinuxTun;
import io.culvert.uapi.UapiSocket;
import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code culvert wg -f INTERFACE}: a WireGuard interface that {@code wg} drives, until it or its
 * control socket goes, or the process is asked to stop. Peers are reached by UDP; those that the
 * file of wg-quick reaches by WebSocket ({@link WgFile}), by that. Confined to the thread that runs
 * the command.
 */
public final class WgRun {
    private static final Logger log = LoggerFactory.getLogger(WgRun.class);

    /** What wireguard-go gives its interfaces; wg-quick sets its own. */
    private static final int MTU = 1420;

    /** How long the first look-up of the gateways' names may hold up wg-quick. */
    private static final int LOOKUP_PATIENCE_S = 5;

    private final String name;
    private final Map<String, String> environment;
    private final StopSignal stop;

    private WgRun(String name, Map<String, String> environment, StopSignal stop) {
        this.name = name;
        this.environment = environment;
        this.stop = stop;
    }

    /**
     * Runs the interface to its end.
     *
     * @param environment where {@code WG_TUN_FD} may name a TUN device that is open already, {@code
     *     WG_UAPI_FD} says that the standard input is a listening control socket (the launcher has
     *     put it there), and {@code CULVERT_WG_CONFIG} names the file that wg-quick brings up
     * @throws WrongInput where the environment makes no sense
     * @throws ConfigException for a fault in that file; nothing was changed then
     */
    public static void run(String name, Map<String, String> environment)
            throws IOException, HostException, ConfigException, WrongInput {
        Privilege.require("wg");
        StopSignal stop = StopSignal.install();
        try {
            new WgRun(name, environment, stop).run();
        } finally {
            stop.finished();
        }
    }

    private void run() throws IOException, HostException, ConfigException, WrongInput {
        TunnelFile file = WgFile.read(environment); // before anything is changed
        ServerSocketChannel listening = environment.containsKey("WG_UAPI_FD") ? inherited() : null;
        if (file == null) {
            LinuxTun tun = open();
            Path socket = UapiSocket.pathOf(name);
            try (UdpInterface made = UdpInterface.start(tun, MTU, socket, listening)) {
                awaitEnd(made.insideGone(), made.socketGone(), made.failed());
            }
        } else {
            KnownHosts hosts = lookUp(file);
            try (ClientTunnel made = ClientTunnel.start(setup(file, hosts, open(), listening))) {
                awaitEnd(made.insideGone(), made.controlGone(), made.failed());
            }
        }
    }

    /** Once wg-quick has set its routes and DNS, a look-up would go through the tunnel. */
    private KnownHosts lookUp(TunnelFile file) {
        KnownHosts hosts = KnownHosts.of(file);
        CompletableFuture<Void> patience =
                new CompletableFuture<Void>()
                        .completeOnTimeout(null, LOOKUP_PATIENCE_S, TimeUnit.SECONDS);
        boolean isFound =
                hosts.find(
                        CompletableFuture.anyOf(patience, stop.requested()),
                        missing -> log.warn("{}: no address of {} yet", name, missing));
        if (!isFound) {
            log.warn("{}: goes on without, and looks again as it connects", name);
        }
        return hosts;
    }

    private ClientSetup setup(
            TunnelFile file,
            KnownHosts hosts,
            LinuxTun tun,
            @Nullable ServerSocketChannel listening)
            throws HostException {
        RunDir runDir = RunDir.of(environment);
        runDir.prepare();
        return new ClientSetup(
                file,
                hosts,
                tun,
                MTU,
                0,
                StatusSocket.pathOf(runDir.folder(), name),
                UUID.randomUUID(),
                service ->
                        listening == null
                                ? UapiSocket.open(UapiSocket.pathOf(name), service)
                                : UapiSocket.adopt(listening, service),
                true);
    }

    private void awaitEnd(
            CompletableFuture<?> insideGone,
            CompletableFuture<?> socketGone,
            CompletableFuture<?> failed)
            throws IOException {
        log.info("{}: ready for wg", name);
        String ready = environment.get("CULVERT_WG_READY");
        if (ready != null) {
            Files.createFile(Path.of(ready)); // the launcher waits for it
        }
        CompletableFuture.anyOf(stop.requested(), insideGone, socketGone, failed).join();
        if (failed.isDone()) {
            throw new IOException("the interface's loop failed; see the log");
        }
    }

    private LinuxTun open() throws IOException, HostException, WrongInput {
        String fd = environment.get("WG_TUN_FD");
        if (fd != null) {
            if (!fd.matches("[0-9]{1,6}")) {
                throw new WrongInput("WG_TUN_FD=" + fd + ": not a descriptor: give its number");
            }
            return LinuxTun.attach(Integer.parseInt(fd));
        }
        LinuxTun tun = LinuxTun.open(name);
        boolean success = false;
        try {
            String mtu = Integer.toString(MTU);
            new ProcessCommands()
                    .run(List.of("ip", "link", "set", "dev", tun.name(), "mtu", mtu), "");
            success = true;
            return tun;
        } finally {
            if (!success) {
                tun.close();
            }
        }
    }

    private static ServerSocketChannel inherited() throws IOException, WrongInput {
        Channel channel = System.inheritedChannel();
        if (channel instanceof ServerSocketChannel listening) {
            return listening;
        }
        throw new WrongInput("WG_UAPI_FD: no listening Unix socket was handed over by it");
    }
}
