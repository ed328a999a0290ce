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
import java.util.List;
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
        try (Session session = Session.claim(file, stop)) {
            run(path, file, session, new Ending(stop, err));
        } finally {
            stop.finished();
        }
    }

    /** How the run ends, and where it tells how it goes. */
    private record Ending(StopSignal stop, PrintWriter err) {}

    private static void check(TunnelFile file) throws WrongInput {
        try {
            ClientTunnel.check(file);
        } catch (IllegalArgumentException e) {
            throw new WrongInput(String.valueOf(e.getMessage()));
        }
    }

    private static void run(Path path, TunnelFile file, Session session, Ending ending)
            throws ConfigException, HostException, IOException {
        StopSignal stop = ending.stop();
        PrintWriter err = ending.err();
        ListenPort.requireFree(path, file);
        KnownHosts hosts = KnownHosts.of(file, session.addresses(file));
        if (!hosts.find(
                stop.requested(), missing -> TunnelLines.printWaiting(err, file, missing))) {
            return; // asked to stop before
        }
        Session.Inside inside = session.openInside(file, hosts.remotes());
        TunnelLines.printUp(err, file);
        Path socket = StatusSocket.pathOf(session.runDir().folder(), file.name());
        ClientSetup setup =
                new ClientSetup(
                        file,
                        hosts,
                        inside.tun(),
                        inside.mtu(),
                        inside.mark(),
                        socket,
                        UUID.randomUUID(),
                        ClientSetup.Control.optional(file.name()),
                        false);
        try (ClientTunnel tunnel = ClientTunnel.start(setup)) {
            CompletableFuture<Object> ended =
                    CompletableFuture.anyOf(stop.requested(), tunnel.insideGone(), tunnel.failed());
            CompletableFuture.anyOf(ended, tunnel.reached()).join();
            if (tunnel.reached().isDone()) {
                TunnelLines.printReady(err, file, tunnel.reached().join(), List.of());
            }
            ended.join();
            if (stop.requested().isDone()) {
                SavedConfig.save(file, tunnel.status());
            }
            session.close();
            if (!stop.requested().isDone()) {
                throw tunnel.insideGone()
                        .getNow(new IOException("the tunnel's loop failed; see the log"));
            }
        }
    }
}
