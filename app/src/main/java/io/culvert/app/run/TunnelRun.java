package io.culvert.app.run;

import io.culvert.client.tunnel.ClientSetup;
import io.culvert.client.tunnel.ClientTunnel;
import io.culvert.client.tunnel.KnownHosts;
import io.culvert.config.ConfigException;
import io.culvert.config.TunnelFile;
import io.culvert.control.StatusSocket;
import io.culvert.host.HostException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** {@code culvert up}: a client's tunnel from start to end. */
public final class TunnelRun {
    private TunnelRun() {}

    /**
     * Brings the tunnel up and keeps it until the process is asked to stop.
     *
     * @param err where the ready line goes
     * @throws ConfigException for a fault in the file; nothing was changed then
     */
    public static void run(Path path, PrintWriter err)
            throws ConfigException, HostException, IOException, WrongInput {
        TunnelFile file = TunnelFile.read(path);
        check(file);
        Privilege.require("up");
        StopSignal stop = StopSignal.install();
        try (Session session = Session.claim(file)) {
            run(file, session, stop, err);
        } finally {
            stop.finished();
        }
    }

    private static void check(TunnelFile file) throws WrongInput {
        try {
            ClientTunnel.check(file);
        } catch (IllegalArgumentException e) {
            throw new WrongInput(String.valueOf(e.getMessage()));
        }
    }

    private static void run(TunnelFile file, Session session, StopSignal stop, PrintWriter err)
            throws HostException, IOException {
        KnownHosts hosts = KnownHosts.of(file);
        if (!hosts.find(stop.requested(), missing -> printWaiting(err, file, missing))) {
            return; // asked to stop before
        }
        Session.Inside inside = session.openInside(file, hosts.remotes());
        Path socket = StatusSocket.pathOf(session.runDir().folder(), file.name());
        ClientSetup setup =
                new ClientSetup(
                        file,
                        hosts,
                        inside.tun(),
                        inside.mtu(),
                        inside.mark(),
                        socket,
                        UUID.randomUUID());
        try (ClientTunnel tunnel = ClientTunnel.start(setup)) {
            CompletableFuture<Object> ended =
                    CompletableFuture.anyOf(stop.requested(), tunnel.insideGone());
            CompletableFuture.anyOf(ended, tunnel.reached()).join();
            if (tunnel.reached().isDone()) {
                printReady(err, file, tunnel.reached().join());
            }
            ended.join();
            if (stop.requested().isDone()) {
                SavedConfig.save(file, tunnel.status());
            }
            session.close();
            IOException gone = tunnel.insideGone().getNow(null);
            if (gone != null && !stop.requested().isDone()) {
                throw gone;
            }
        }
    }

    private static void printWaiting(PrintWriter err, TunnelFile file, String hosts) {
        err.println(
                "waiting: "
                        + file.name()
                        + " needs the address of "
                        + hosts
                        + ", which is unknown now: is the name right, and is this machine online?"
                        + " Still trying");
        err.flush();
    }

    private static void printReady(PrintWriter err, TunnelFile file, ClientTunnel.Reached reached) {
        String url = reached.carrier().url();
        err.println(
                "ready: "
                        + file.name()
                        + " reaches "
                        + reached.peer()
                        + " by "
                        + (url == null ? "udp" : url)
                        + " ("
                        + reached.carrier().remote()
                        + ")");
        err.flush();
    }
}
