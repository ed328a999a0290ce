package io.culvert.tests.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/**
 * The program under test, started by its launcher as users do. Immutable.
 *
 * <p>The launcher is found by the system property {@code culvert.launcher}.
 */
public final class Culvert {
    /** How long a start may take on a busy machine. */
    public static final Duration START = Duration.ofSeconds(20);

    private static final Path LAUNCHER =
            Path.of(System.getProperty("culvert.launcher", "../culvert")).toAbsolutePath();

    private final Namespace where;
    private final Path runtime;
    private final Map<String, String> environment;

    private Culvert(Lab lab, Namespace where) {
        this.where = where;
        this.runtime = lab.folder().resolve("run-" + where.name());
        this.environment = Map.of("CULVERT_RUNTIME_DIR", runtime.toString());
    }

    /** Culvert in a namespace, with a run-time folder of its own. */
    public static Culvert in(Lab lab, Namespace where) {
        Assumptions.assumeTrue(Files.isExecutable(LAUNCHER), "needs the launcher: " + LAUNCHER);
        return new Culvert(lab, where);
    }

    /** The launcher, which is absolute. */
    public static Path launcher() {
        return LAUNCHER;
    }

    public Path runtime() {
        return runtime;
    }

    /** Runs a command to its end. */
    public Outcome run(String... words) {
        return where.run(Duration.ofMinutes(1), environment, words(words));
    }

    public Running start(String... words) {
        return where.start(environment, words(words));
    }

    /** Starts a gateway and waits until it says that it is ready. */
    public Running server(Path file) {
        Running running = start("server", file.toString());
        running.awaitLine("^ready", START);
        return running;
    }

    /** Brings a tunnel up in the foreground and waits until it says that it is connected. */
    public Running up(Path file) {
        Running running = start("up", file.toString());
        running.awaitLine("^ready", START);
        return running;
    }

    private static String[] words(String... words) {
        String[] command = new String[words.length + 1];
        command[0] = LAUNCHER.toString();
        System.arraycopy(words, 0, command, 1, words.length);
        return command;
    }
}
