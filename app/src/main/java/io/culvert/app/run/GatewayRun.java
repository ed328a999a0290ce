package io.culvert.app.run;

import io.culvert.config.ConfigException;
import io.culvert.config.TunnelFile;
import io.culvert.config.Warning;
import io.culvert.control.StatusSocket;
import io.culvert.host.HostException;
import io.culvert.host.Nat;
import io.culvert.host.Remotes;
import io.culvert.server.config.GatewayConfig;
import io.culvert.server.gateway.Gateway;
import io.culvert.server.gateway.GatewayFiles;
import io.culvert.server.gateway.GatewaySetup;
import io.culvert.server.tls.TlsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** {@code culvert server}: a gateway from start to end. */
public final class GatewayRun {
    private GatewayRun() {}

    /**
     * Runs the gateway until the process is asked to stop.
     *
     * @param err where the ready line goes
     * @throws ConfigException for a fault in a file; nothing was changed then
     */
    public static void run(GatewayConfig config, PrintWriter err)
            throws ConfigException, HostException, IOException, TlsException, WrongInput {
        TunnelFile file = TunnelFile.read(config.tunnel());
        List<Warning> warnings = GatewayFiles.check(config, file);
        Privilege.require("server");
        Session.warn(warnings.stream().map(Warning::toString).toList());
        StopSignal stop = StopSignal.install();
        try (Session session = Session.claim(file, stop)) {
            run(config, file, session, new Ending(stop, err));
        } finally {
            stop.finished();
        }
    }

    /** How the run ends, and where it says that it began. */
    private record Ending(StopSignal stop, PrintWriter err) {}

    private static void run(GatewayConfig config, TunnelFile file, Session session, Ending ending)
            throws ConfigException, HostException, IOException, TlsException {
        Session.Inside inside = session.openInside(file, Remotes.NONE);
        if (config.nat()) {
            Nat nat = new Nat(session.machine(), session.journal());
            nat.up(file.name(), Prefixes.of(file));
            Session.warn(nat.warnings());
        }
        GatewaySetup setup =
                new GatewaySetup(
                        config,
                        file,
                        inside.tun(),
                        inside.mtu(),
                        inside.mark(),
                        StateFolder.of(System.getenv(), config),
                        StatusSocket.pathOf(session.runDir().folder(), file.name()),
                        UUID.randomUUID());
        try (Gateway gateway = Gateway.start(setup)) {
            printReady(ending.err(), file, gateway);
            CompletableFuture.anyOf(
                            ending.stop().requested(), gateway.insideGone(), gateway.failed())
                    .join();
            if (ending.stop().requested().isDone()) {
                SavedConfig.saveEndpoints(file, gateway.status());
            }
            session.close();
            if (!ending.stop().requested().isDone()) {
                throw gateway.insideGone()
                        .getNow(new IOException("the gateway's loop failed; see the log"));
            }
        }
    }

    private static void printReady(PrintWriter err, TunnelFile file, Gateway gateway) {
        String pin = gateway.pin();
        err.println(
                "ready: "
                        + file.name()
                        + " listens on "
                        + String.join(" ", gateway.listening())
                        + (pin == null ? "" : " (pin " + pin + ")"));
        err.flush();
    }
}
