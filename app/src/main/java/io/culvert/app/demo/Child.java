package io.culvert.app.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A program that the demonstration started; what it prints goes to a file. Confined to a thread.
 */
final class Child implements AutoCloseable {
    private static final long POLL_MS = 10;
    private static final long STOP_LIMIT_S = 4;
    private static final int TOLD_LINES = 5;

    private final String name;
    private final Process process;
    private final Path log;

    private Child(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /** Starts a program in {@code folder}, where a log takes its stdout and stderr. */
    static Child start(
            Path folder, String label, Map<String, String> environment, List<String> command)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        builder.directory(folder.toFile());
        builder.redirectInput(Path.of("/dev/null").toFile());
        builder.redirectErrorStream(true);
        Path log = Files.createTempFile(folder, label + ".", ".log");
        builder.redirectOutput(log.toFile());
        return new Child(label, builder.start(), log);
    }

    /**
     * Waits for a line that the pattern is found in.
     *
     * @throws IOException when the program ends or the time passes without it
     */
    Matcher await(Pattern pattern, long limitS) throws IOException, InterruptedException {
        long polls = TimeUnit.SECONDS.toMillis(limitS) / POLL_MS;
        for (long i = 0; i < polls; i++) {
            boolean isOver = process.waitFor(POLL_MS, TimeUnit.MILLISECONDS);
            Matcher found = pattern.matcher(output());
            if (found.find()) {
                return found;
            }
            if (isOver) {
                throw new IOException(name + " ended by itself: " + tail());
            }
        }
        throw new IOException(name + " is not there after " + limitS + " s: " + tail());
    }

    /** Waits for its end; all that it printed. */
    String await(long limitS) throws IOException, InterruptedException {
        if (!process.waitFor(limitS, TimeUnit.SECONDS)) {
            throw new IOException(name + " does not end within " + limitS + " s: " + tail());
        }
        if (process.exitValue() != 0) {
            throw new IOException(name + " failed (" + process.exitValue() + "): " + tail());
        }
        return output();
    }

    /** All that it printed so far. */
    String output() throws IOException {
        return Files.readString(log, StandardCharsets.UTF_8);
    }

    private String tail() throws IOException {
        Deque<String> last = new ArrayDeque<>();
        for (String line : output().lines().toList()) {
            last.add(line.strip());
            if (last.size() > TOLD_LINES) {
                last.remove();
            }
        }
        return String.join(" | ", last);
    }

    /** Asks it to end, waits, and then does not ask any more. Returns with the program gone. */
    @Override
    public void close() {
        process.destroy();
        if (!awaitEnd()) {
            process.destroyForcibly();
            awaitEnd();
        }
    }

    /** Waits through interrupts: an interrupt is why most children are closed. */
    private boolean awaitEnd() {
        boolean wasInterrupted = Thread.interrupted();
        try {
            return process.waitFor(STOP_LIMIT_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            wasInterrupted = true;
            return false;
        } finally {
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
