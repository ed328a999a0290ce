package io.culvert.app.run;

import io.culvert.config.ConfigException;
import io.culvert.config.TunnelFile;
import io.culvert.config.Warning;
import io.culvert.control.StatusSocket;
import io.culvert.host.HostException;
import io.culvert.host.Nat;
import io.culvert.host.Remotes;
import io.culvert.server.config.GatewayConfig;
import io.culvert.server.config.GatewayConfig.Inside;
import io.culvert.server.gateway.Gateway;
import io.culvert.server.gateway.GatewayFiles;
import io.culvert.server.gateway.GatewaySetup;
import io.culvert.server.gateway.RelayGateway;
import io.culvert.server.tls.TlsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

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
        TunnelFile file = config.tunnel() == null ? null : TunnelFile.read(config.tunnel());
        List<Warning> warnings = GatewayFiles.check(config, file);
        if (file == null) {
            runRelays(config, warnings, err);
            return;
        }
        if (config.inside() == Inside.USERSPACE) {
            Session.warn(file.warnings().stream().map(Warning::toString).toList());
            Session.warn(warnings.stream().map(Warning::toString).toList());
            UserspaceRun.run(config, file, err);
            return;
        }
        Privilege.require("server");
        Session.warn(warnings.stream().map(Warning::toString).toList());
        StopSignal stop = StopSignal.install();
        try (Session session = Session.claim(file, stop)) {
            run(config, file, session, new Ending(stop, err));
        } finally {
            stop.finished();
        }
    }

    /** Nothing of the machine is changed, and so nothing is claimed, and no privilege wanted. */
    private static void runRelays(GatewayConfig config, List<Warning> warnings, PrintWriter err)
            throws ConfigException, IOException, TlsException {
        Session.warn(warnings.stream().map(Warning::toString).toList());
        StopSignal stop = StopSignal.install();
        try (RelayGateway gateway =
                RelayGateway.start(config, StateFolder.of(System.getenv(), config))) {
            printReady(err, "the relay", gateway.listening(), gateway.pin());
            CompletableFuture.anyOf(stop.requested(), gateway.failed()).join();
            if (!stop.requested().isDone()) {
                throw new IOException("the gateway's loop failed; see the log");
            }
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
            printReady(ending.err(), file.name(), gateway.listening(), gateway.pin());
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

    static void printReady(
            PrintWriter err, String name, List<String> listening, @Nullable String pin) {
        err.println(
                "ready: "
                        + name
                        + " listens on "
                        + String.join(" ", listening)
                        + (pin == null ? "" : " (pin " + pin + ")"));
        err.flush();
    }
}
