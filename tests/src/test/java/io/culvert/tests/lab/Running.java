package io.culvert.tests.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A process that was started and is watched: its lines, its end. Thread-safe (one lock). */
public final class Running implements AutoCloseable {
    private final Object lock = new Object();
    private final String command;
    private final Process process;
    private final List<String> out = new ArrayList<>();
    private final List<String> err = new ArrayList<>();
    private final List<Thread> readers;

    private Running(String command, Process process) {
        this.command = command;
        this.process = process;
        this.readers =
                List.of(
                        Thread.ofVirtual().start(() -> read(process.getInputStream(), out)),
                        Thread.ofVirtual().start(() -> read(process.getErrorStream(), err)));
    }

    /**
     * Starts what {@code builder} describes. A shell starts its background jobs with SIGINT
     * ignored, which is handed down to whatever they start: here it counts again.
     */
    public static Running start(ProcessBuilder builder) {
        List<String> told = List.copyOf(builder.command());
        List<String> words = new ArrayList<>(List.of("env", "--default-signal=INT"));
        words.addAll(told);
        try {
            Process process =
                    builder.command(words).redirectInput(new java.io.File("/dev/null")).start();
            return new Running(String.join(" ", told), process);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + told, e);
        }
    }

    /** The process id; of Culvert itself where the launcher was started, as it execs java. */
    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The first line, old or new, of stdout or stderr that holds {@code regex}. */
    public Matcher awaitLine(String regex, Duration timeout) {
        Pattern pattern = Pattern.compile(regex);
        return await(() -> find(pattern), "no line with /" + regex + "/", timeout);
    }

    /** Waits until so many lines hold {@code regex}. */
    public void awaitLines(String regex, int count, Duration timeout) {
        String failure = "not " + count + " lines with /" + regex + "/";
        await(() -> count(regex) >= count ? true : null, failure, timeout);
    }

    private <T> T await(Supplier<@Nullable T> wanted, String failure, Duration timeout) {
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        synchronized (lock) {
            while (true) {
                T found = wanted.get();
                if (found != null) {
                    return found;
                }
                long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
                if (leftMs <= 0 || readers.stream().noneMatch(Thread::isAlive)) {
                    throw new AssertionError(failure + " from " + this);
                }
                try {
                    lock.wait(Math.min(leftMs, 500));
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    /** How many lines so far hold {@code regex}. */
    public long count(String regex) {
        Pattern pattern = Pattern.compile(regex);
        synchronized (lock) {
            return java.util.stream.Stream.concat(out.stream(), err.stream())
                    .filter(line -> pattern.matcher(line).find())
                    .count();
        }
    }

    /** Waits for the end; kills and fails when it does not come in time. */
    public Outcome awaitExit(Duration timeout) {
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                killForcibly();
                throw new AssertionError("still running after " + timeout + ": " + this);
            }
            for (Thread reader : readers) {
                // A daemon that the command left behind may hold the pipes open.
                reader.join(Duration.ofSeconds(1));
            }
        } catch (InterruptedException e) {
            killForcibly();
            throw new AssertionError(e);
        }
        synchronized (lock) {
            return new Outcome(
                    command, process.exitValue(), String.join("\n", out), String.join("\n", err));
        }
    }

    /** Sends SIGINT, SIGTERM, SIGSTOP, … by its name without SIG. */
    public void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** SIGKILL, and waits until the process is gone. */
    public void killForcibly() {
        process.destroyForcibly();
        try {
            process.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Ends the process: SIGTERM, and SIGKILL when that was not heard for five seconds. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                killForcibly();
            }
        } catch (InterruptedException e) {
            killForcibly();
            throw new AssertionError(e);
        }
    }

    @Override
    public String toString() {
        synchronized (lock) {
            return "%s (pid %d, %s)%nstdout: %s%nstderr: %s"
                    .formatted(
                            command,
                            pid(),
                            process.isAlive() ? "running" : "exit " + process.exitValue(),
                            String.join("\n  ", out),
                            String.join("\n  ", err));
        }
    }

    private @Nullable Matcher find(Pattern pattern) {
        for (List<String> lines : List.of(err, out)) {
            for (String line : lines) {
                Matcher matcher = pattern.matcher(line);
                if (matcher.find()) {
                    return matcher;
                }
            }
        }
        return null;
    }

    private void read(InputStream stream, List<String> lines) {
        try (var reader =
                new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            String line = reader.readLine();
            while (line != null) {
                synchronized (lock) {
                    lines.add(line);
                    lock.notifyAll();
                }
                line = reader.readLine();
            }
        } catch (IOException ignored) {
            // The process was killed while we read: what it said until then is there.
        } finally {
            synchronized (lock) {
                lock.notifyAll();
            }
        }
    }
}
