package io.culvert.app.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a command of this program as a process of its own that outlives us, and waits until it says
 * that it is ready. A JVM cannot fork itself.
 */
public final class Background {
    private Background() {}

    /** Starts {@code up FILE}; returns 0 when it is ready, or its exit code when it failed. */
    public static int up(Path file, PrintWriter err) throws IOException {
        Path log = Files.createTempFile("culvert-up-", ".log");
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(ThisProgram.command("up", file.toString()));
        Process process =
                new ProcessBuilder(command)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .redirectError(ProcessBuilder.Redirect.PIPE)
                        .start();
        try (BufferedReader lines = process.errorReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                err.println(line);
                if (line.startsWith("ready")) {
                    err.flush();
                    return 0;
                }
            }
        }
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }
}
