package io.culvert.app.run;

import io.culvert.config.ConfigException;
import io.culvert.config.TunnelFile;
import io.culvert.host.HostException;
import io.culvert.host.Owner;
import io.culvert.host.RunDir;
import io.culvert.time.MonotonicClock;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A command of this program as a process of its own that outlives us, until it says that it is
 * ready. A JVM cannot fork itself. Confined to the command's thread, but for the shutdown hook.
 *
 * <p>What the process prints goes to a log beside its journal, which we read along. So it has no
 * pipe that breaks when we leave, and what it says later is not lost.
 */
public final class Background {
    private static final long POLL_MS = 100;
    private static final long STOP_LIMIT_S = 12;

    /** How long somebody waits for a gateway that does not answer. */
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(20);

    private final Process process;
    private final Path log;
    private final LogTail tail;
    private final PrintWriter err;

    Background(Process process, Path log, PrintWriter err) {
        this.process = process;
        this.log = log;
        this.tail = new LogTail(log);
        this.err = err;
    }

    /**
     * Starts {@code up FILE}. It is ended again where we are, by a signal, before we return.
     *
     * @return 0 when it is ready or still tries to connect, its exit code when it ended
     */
    public static int up(Path file, boolean debug, PrintWriter err)
            throws ConfigException, HostException, IOException, WrongInput {
        String name = TunnelFile.read(file).name();
        Privilege.require("up");
        Path log = freshLog(RunDir.of(System.getenv()), name);
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(ThisProgram.command("up", file.toString()));
        if (debug) {
            command.add("--debug");
        }
        Process process =
                new ProcessBuilder(command)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        return new Background(process, log, err).guard();
    }

    /** An empty log that only its owner reads; not that of somebody who runs. */
    static Path freshLog(RunDir runDir, String name) throws HostException, IOException {
        Owner owner = runDir.owner(name);
        if (owner != null) {
            throw new HostException(
                    "the interface " + name + " is in use by process " + owner.pid(),
                    "stop it with `culvert down " + name + "`");
        }
        runDir.prepare();
        Path log = runDir.folder().resolve(name + ".log");
        Files.deleteIfExists(log);
        Files.createFile(
                log,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return log;
    }

    /** Waits, and takes the process along when a signal ends us meanwhile. */
    private int guard() throws IOException {
        Thread hook = Thread.ofPlatform().name("culvert-stop").unstarted(this::stop);
        Runtime.getRuntime().addShutdownHook(hook);
        int code = await(MonotonicClock.system(), PATIENCE_NS);
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ignored) { // the signal has come, and the hook runs
        }
        return code;
    }

    private void stop() {
        process.destroy();
        try {
            process.waitFor(STOP_LIMIT_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads along until it is ready, has ended, or has tried to connect for that long. */
    int await(MonotonicClock clock, long patienceNs) throws IOException {
        Long tryingSinceNs = null;
        while (true) {
            boolean isOver = awaitEnd();
            String state = echo();
            if (state != null && state.startsWith("ready")) {
                return 0;
            }
            if (isOver) {
                return process.exitValue();
            }
            if (tryingSinceNs == null && state != null) {
                tryingSinceNs = clock.nowNs();
            }
            if (tryingSinceNs != null && clock.nowNs() - tryingSinceNs >= patienceNs) {
                err.println("not connected yet: still trying; log: " + log);
                err.flush();
                return 0;
            }
        }
    }

    private boolean awaitEnd() {
        try {
            return process.waitFor(POLL_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Repeats what was printed; the last line that tells a state, or null without one. */
    private @Nullable String echo() throws IOException {
        String state = null;
        for (List<String> lines = tail.next(); !lines.isEmpty(); lines = tail.next()) {
            for (String line : lines) {
                err.println(line);
                if (line.matches("(waiting|up|ready): .*")) {
                    state = line;
                }
            }
        }
        err.flush();
        return state;
    }
}
