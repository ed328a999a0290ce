package io.culvert.app.run;

import io.culvert.config.ConfigException;
import io.culvert.config.Hooks;
import io.culvert.config.TunnelFile;
import io.culvert.control.StatusSocket;
import io.culvert.host.HostException;
import io.culvert.host.Journal;
import io.culvert.host.Machine;
import io.culvert.host.Owner;
import io.culvert.host.RunDir;
import io.culvert.server.config.GatewayConfig;
import io.culvert.server.gateway.Gateway;
import io.culvert.server.gateway.GatewaySetup;
import io.culvert.server.tls.TlsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code culvert server} with {@code inside: userspace}: no device, no privilege, nothing of this
 * machine is changed. Confined to the thread that runs the command.
 */
final class UserspaceRun {
    private static final Logger log = LoggerFactory.getLogger(UserspaceRun.class);

    /** What is left of a usual path by every carrier. */
    private static final int USUAL_MTU = 1420;

    private UserspaceRun() {}

    /** Runs the gateway until the process is asked to stop. */
    static void run(GatewayConfig config, TunnelFile file, PrintWriter err)
            throws ConfigException, HostException, IOException, TlsException {
        Session.warn(unused(file));
        StopSignal stop = StopSignal.install();
        try {
            RunDir folder = folder();
            Journal claim = folder == null ? null : claim(folder, file.name());
            try {
                run(setup(config, file, folder), stop, err);
            } finally {
                if (claim != null) {
                    Session.warn(claim.undo());
                }
            }
        } finally {
            stop.finished();
        }
    }

    /** Keys that a gateway with a device would do something about. */
    private static List<String> unused(TunnelFile file) {
        List<String> unused = new ArrayList<>();
        Hooks hooks = file.hooks();
        boolean hasHooks =
                !(hooks.preUp().isEmpty()
                        && hooks.postUp().isEmpty()
                        && hooks.preDown().isEmpty()
                        && hooks.postDown().isEmpty());
        if (hasHooks) {
            unused.add("its PreUp, PostUp, PreDown and PostDown are not run: there is no device");
        }
        if (file.local().fwMark() != null) {
            unused.add("its FwMark is not set on our own packets: that needs root");
        }
        if (file.local().saveConfig()) {
            unused.add("its SaveConfig is not done: the file stays as it is");
        }
        return unused.stream().map(line -> file.path() + ": " + line).toList();
    }

    /** Null where there is none to be had, as in a container that is read-only. */
    private static @Nullable RunDir folder() {
        RunDir folder = RunDir.ofUser(System.getenv());
        try {
            folder.prepare();
            return folder;
        } catch (HostException e) {
            log.warn(
                    "`culvert show` and `culvert down` will not know of this gateway: {}",
                    e.getMessage());
            return null;
        }
    }

    /** So that two do not run under one name, and `culvert down` knows whom to end. */
    private static Journal claim(RunDir folder, String name) throws HostException {
        Journal claim = Journal.claim(folder, name, Owner.self(), Machine.local());
        Session.warn(claim.leftovers());
        return claim;
    }

    private static GatewaySetup setup(
            GatewayConfig config, TunnelFile file, @Nullable RunDir folder) {
        Integer mtu = file.local().mtu();
        Path status = folder == null ? null : StatusSocket.pathOf(folder.folder(), file.name());
        return new GatewaySetup(
                config,
                file,
                null,
                mtu == null ? USUAL_MTU : mtu,
                0,
                StateFolder.of(System.getenv(), config),
                status,
                UUID.randomUUID());
    }

    private static void run(GatewaySetup setup, StopSignal stop, PrintWriter err)
            throws ConfigException, IOException, TlsException {
        try (Gateway gateway = Gateway.start(setup)) {
            String name = setup.file().name() + " (userspace)";
            GatewayRun.printReady(err, name, gateway.listening(), gateway.pin());
            CompletableFuture.anyOf(stop.requested(), gateway.insideGone(), gateway.failed())
                    .join();
            if (!stop.requested().isDone()) {
                throw gateway.insideGone()
                        .getNow(new IOException("the gateway's loop failed; see the log"));
            }
        }
    }
}
