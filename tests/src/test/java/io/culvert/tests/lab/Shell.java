package io.culvert.tests.lab;

import java.time.Duration;

/** Commands outside of any namespace. */
public final class Shell {
    private Shell() {}

    /** Runs a command to its end, within a minute. */
    public static Outcome run(String... command) {
        return Running.start(new ProcessBuilder(command)).awaitExit(Duration.ofSeconds(60));
    }

    /** Runs a shell script that must succeed; its stdout. */
    public static String sh(String script) {
        return run("sh", "-ec", script).orFail().out();
    }

    /** True when a program of this name is on the path. */
    public static boolean has(String program) {
        return run("sh", "-c", "command -v " + program).exit() == 0;
    }
}
