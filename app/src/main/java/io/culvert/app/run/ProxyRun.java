package io.culvert.app.run;

import io.culvert.client.proxy.Target;
import io.culvert.client.proxy.attach.Attached;
import io.culvert.client.proxy.front.OpenDoor;
import io.culvert.client.proxy.front.ProxySetup;
import io.culvert.client.tunnel.ClientTunnel;
import io.culvert.client.tunnel.KnownHosts;
import io.culvert.client.tunnel.ProxyTunnel;
import io.culvert.config.ConfigException;
import io.culvert.config.TunnelFile;
import io.culvert.config.Warning;
import io.culvert.host.HostException;
import io.culvert.host.Journal;
import io.culvert.time.MonotonicClock;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
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
    private static final long PAUSE_MS = 50;

    /** Longer than a question may take. */
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(25);

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

    private void run(Map<String, String> environment)
            throws HostException, IOException, WrongInput {
        ProxyPlace place = null;
        try {
            place = ProxyPlace.of(file, environment);
        } catch (HostException e) {
            log.warn("`culvert show` will not tell of this proxy: {}", e.getMessage());
        }
        if (place == null) {
            own(null);
            return;
        }
        boolean isDone = false;
        MonotonicClock clock = MonotonicClock.system();
        long untilNs = clock.nowNs() + PATIENCE_NS;
        while (!isDone && !stop.requested().isDone()) {
            isDone = isJoined(place) || isOwned(place);
            boolean isLate = clock.nowNs() - untilNs > 0;
            if (!isDone && (job instanceof ProxyJob.Serve || isLate)) {
                throw place.busy();
            }
            if (!isDone) {
                pause();
            }
        }
    }

    /** Whether it was done by another process that has the tunnel. */
    private boolean isJoined(ProxyPlace place) throws IOException, WrongInput {
        Attached other = job instanceof ProxyJob.Serve ? null : place.join();
        if (other == null) {
            return false;
        }
        try {
            new JoinedRun(other, stop).run(job, out);
            return true;
        } catch (Attached.Gone e) {
            log.debug("{}: {}", file.name(), e.getMessage());
            return false;
        }
    }

    /** Whether it was done by a tunnel of our own; false while another process has the name. */
    private boolean isOwned(ProxyPlace place) throws HostException, IOException {
        Journal claimed = place.claim();
        if (claimed == null) {
            return false;
        }
        try {
            own(place);
            return true;
        } finally {
            ProxyPlace.leave(claimed);
        }
    }

    /** One that starts, ends or asks its one question is waited for. */
    private void pause() {
        var _ =
                stop.requested()
                        .copy()
                        .completeOnTimeout(null, PAUSE_MS, TimeUnit.MILLISECONDS)
                        .join();
    }

    private void own(@Nullable ProxyPlace place) throws IOException {
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
            List<OpenDoor> doors = tunnel.open();
            if (place != null) {
                open(tunnel, place);
            }
            CompletableFuture<?> ended =
                    CompletableFuture.anyOf(
                            stop.requested(),
                            tunnel.endAsked(),
                            tunnel.tunnel().insideGone(),
                            tunnel.tunnel().failed());
            switch (job) {
                case ProxyJob.Serve _ -> serve(tunnel, doors, ended);
                case ProxyJob.Pipe(Target target) -> pipe(tunnel, target, ended);
                case ProxyJob.Check(String host, int port) -> {
                    CompletableFuture<String> answer = tunnel.check(host, port);
                    await(ended, answer);
                    if (answer.isDone()) {
                        out.println(answer.join());
                        out.flush();
                    } else {
                        requireEnded(tunnel);
                    }
                }
            }
        }
    }

    /**
     * For {@code show}, and for further processes; what cannot be had keeps nobody from going on.
     */
    private void open(ProxyTunnel tunnel, ProxyPlace place) {
        try {
            tunnel.answerAt(place.statusSocket());
            // a question is over too soon to be of use to others
            if (!(job instanceof ProxyJob.Check)) {
                tunnel.attachAt(place.attachSocket());
            }
        } catch (IOException e) {
            log.warn("other processes will not reach this proxy: {}", e.getMessage());
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
        requireEnded(tunnel);
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
        try {
            await(ended, piped);
            if (!piped.isDone()) {
                requireEnded(tunnel);
            } else if (!piped.join()) {
                throw new IOException(target + ": the connection was cut");
            }
        } finally {
            boolean _ = piped.cancel(false);
            stayForOthers(tunnel);
        }
    }

    /**
     * Our connection is over, but others go through our tunnel: as ssh's master does, we stay until
     * they have ended, whatever signal comes ({@code ssh} sends one to its proxy command), and let
     * go of the streams that somebody may wait for.
     */
    private void stayForOthers(ProxyTunnel tunnel) throws IOException {
        if (!tunnel.isJoined() || tunnel.endAsked().isDone()) {
            return;
        }
        stop.beginUndo();
        new FileInputStream(FileDescriptor.in).close();
        new FileOutputStream(FileDescriptor.out).close();
        new FileOutputStream(FileDescriptor.err).close();
        CompletableFuture.anyOf(
                        tunnel.unused(),
                        tunnel.endAsked(),
                        tunnel.tunnel().insideGone(),
                        tunnel.tunnel().failed())
                .join();
        stop.endUndo(true);
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

    private void requireEnded(ProxyTunnel tunnel) throws IOException {
        if (!tunnel.endAsked().isDone()) {
            requireStopped("the tunnel's loop failed; see the log");
        }
    }

    private void requireStopped(String otherwise) throws IOException {
        if (!stop.requested().isDone()) {
            throw new IOException(otherwise);
        }
    }
}
