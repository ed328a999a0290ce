package io.culvert.app.run;

import io.culvert.client.proxy.Target;
import io.culvert.client.proxy.front.OpenDoor;
import io.culvert.client.proxy.front.ProxySetup;
import io.culvert.client.stack.Probe;
import io.culvert.client.tunnel.ClientTunnel;
import io.culvert.client.tunnel.KnownHosts;
import io.culvert.client.tunnel.ProxyTunnel;
import io.culvert.config.ConfigException;
import io.culvert.config.TunnelFile;
import io.culvert.config.Warning;
import io.culvert.control.StatusSocket;
import io.culvert.host.HostException;
import io.culvert.host.RunDir;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code culvert proxy}: a client's tunnel without root, from start to end. Changes nothing of this
 * machine. Confined to the thread that runs the command.
 */
public final class ProxyRun {
    private static final Logger log = LoggerFactory.getLogger(ProxyRun.class);

    private static final long CHECK_S = 20;
    private static final double NS_A_MS = 1e6;

    private final TunnelFile file;
    private final ProxySetup setup;
    private final ProxyJob job;
    private final StopSignal stop;
    private final PrintWriter out;
    private final PrintWriter err;

    private ProxyRun(
            TunnelFile file, ProxySetup setup, ProxyJob job, StopSignal stop, Output output) {
        this.file = file;
        this.setup = setup;
        this.job = job;
        this.stop = stop;
        this.out = output.out();
        this.err = output.err();
    }

    /**
     * Where the run tells how it goes.
     *
     * @param out for the answer of {@code --check}
     * @param err for the ready line
     */
    public record Output(PrintWriter out, PrintWriter err) {}

    /**
     * Runs until the process is asked to stop, or what it was started for is done.
     *
     * @throws ConfigException for a fault in the file
     * @throws WrongInput for one of the command line
     */
    public static void run(ProxyWish wish, Output output)
            throws ConfigException, HostException, IOException, WrongInput {
        TunnelFile file = TunnelFile.read(wish.file());
        ProxyPlan plan = new ProxyPlan(wish, file);
        ProxySetup setup = plan.setup();
        ProxyJob job = ProxyJob.of(wish);
        check(file);
        for (Warning warning : file.warnings()) {
            log.warn("{}", warning);
        }
        plan.warnings(setup).forEach(line -> log.warn("{}", line));
        StopSignal stop = StopSignal.install();
        try {
            new ProxyRun(file, setup, job, stop, output).run(System.getenv());
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

    private void run(Map<String, String> environment) throws HostException, IOException {
        Path status = statusPlace(environment);
        CompletableFuture<?> over = stop.requested();
        if (job instanceof ProxyJob.Check) {
            over = over.copy().completeOnTimeout(null, CHECK_S, TimeUnit.SECONDS);
        }
        KnownHosts hosts = KnownHosts.of(file);
        if (!hosts.find(over, missing -> TunnelLines.printWaiting(err, file, missing))) {
            requireStopped("the gateway's address is not known: is this machine online?");
            return;
        }
        try (ProxyTunnel tunnel = ProxyTunnel.start(file, hosts, setup)) {
            if (status != null) {
                tunnel.answerAt(status);
            }
            List<OpenDoor> doors = tunnel.open();
            CompletableFuture<?> ended =
                    CompletableFuture.anyOf(
                            over, tunnel.tunnel().insideGone(), tunnel.tunnel().failed());
            switch (job) {
                case ProxyJob.Serve _ -> serve(tunnel, doors, ended);
                case ProxyJob.Pipe(Target target) -> pipe(tunnel, target, ended);
                case ProxyJob.Check(String host, int port) ->
                        check(tunnel, new ProxyJob.Check(host, port), ended);
            }
        }
    }

    /** Null where it cannot be had: the proxy runs all the same. */
    private @Nullable Path statusPlace(Map<String, String> environment) throws HostException {
        RunDir folder = RunDir.ofUser(environment);
        try {
            folder.prepare();
        } catch (HostException e) {
            log.warn("`culvert show` will not tell of this proxy: {}", e.getMessage());
            return null;
        }
        Path place = StatusSocket.pathOf(folder.folder(), file.name());
        if (answers(place)) {
            throw new HostException(
                    file.name() + " runs already, and two would take each other's answers",
                    "use the one that runs (`culvert show " + file.name() + "`), or end it");
        }
        return place;
    }

    private static boolean answers(Path place) {
        try {
            var _ = StatusSocket.query(place);
            return true;
        } catch (IOException ignored) { // nobody is there
            return false;
        }
    }

    private void serve(ProxyTunnel tunnel, List<OpenDoor> doors, CompletableFuture<?> ended)
            throws IOException {
        TunnelLines.printUp(err, file);
        CompletableFuture<ClientTunnel.Reached> reached = tunnel.tunnel().reached();
        CompletableFuture.anyOf(ended, reached).join();
        if (reached.isDone()) {
            TunnelLines.printReady(err, file, reached.join(), doors);
            tellOfNames();
        }
        ended.join();
        requireStopped("the tunnel's loop failed; see the log");
    }

    private void tellOfNames() {
        if (setup.dnsServers().isEmpty()) {
            err.println(
                    "names: "
                            + file.name()
                            + " has no DNS servers, so names are refused: ask by address, or write"
                            + " DNS = … into "
                            + file.path());
            err.flush();
        }
    }

    /** By the descriptors: {@code System.out} would not tell that nobody reads any more. */
    private void pipe(ProxyTunnel tunnel, Target target, CompletableFuture<?> ended)
            throws IOException {
        CompletableFuture<Boolean> piped =
                tunnel.pipe(
                        target,
                        new FileInputStream(FileDescriptor.in),
                        new FileOutputStream(FileDescriptor.out));
        await(ended, piped);
        if (!piped.isDone()) {
            requireStopped("the tunnel's loop failed; see the log");
        } else if (!piped.join()) {
            throw new IOException(target + ": the connection was cut");
        }
    }

    private void check(ProxyTunnel tunnel, ProxyJob.Check asked, CompletableFuture<?> ended)
            throws IOException {
        CompletableFuture<ClientTunnel.Reached> reached = tunnel.tunnel().reached();
        await(ended, reached);
        if (!reached.isDone()) {
            requireStopped(file.name() + ": the gateway does not answer within " + CHECK_S + " s");
            return;
        }
        CompletableFuture<Probe.Answer> answer = tunnel.ask(asked.host(), asked.port());
        String through = asked + " through " + file.name();
        try {
            await(ended, answer);
        } catch (IOException e) {
            throw new IOException(through + ": " + e.getMessage(), e);
        }
        if (!answer.isDone()) {
            requireStopped(through + ": no answer within " + CHECK_S + " s");
            return;
        }
        Probe.Answer told = answer.join();
        String time = String.format(Locale.ROOT, "%.1f ms", told.rttNs() / NS_A_MS);
        out.println(
                asked
                        + (told.from().toString().equals(asked.host()) ? "" : " at " + told.from())
                        + " answers in "
                        + time
                        + " through "
                        + file.name()
                        + " ("
                        + TunnelLines.reached(reached.join())
                        + ")");
        out.flush();
    }

    /** Waits for either; what failed with a line of its own is thrown. */
    private static void await(CompletableFuture<?> ended, CompletableFuture<?> wanted)
            throws IOException {
        try {
            CompletableFuture.anyOf(ended, wanted).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private void requireStopped(String otherwise) throws IOException {
        if (!stop.requested().isDone()) {
            throw new IOException(otherwise);
        }
    }
}
