package io.culvert.tests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A network namespace with its own resolv.conf, and the way to run programs in it. Confined to the
 * test's thread.
 *
 * <p>{@code ip netns exec} mounts {@code /etc/netns/NAME/resolv.conf} over {@code
 * /etc/resolv.conf}: so every test also covers a resolv.conf that is a mount point.
 */
public final class Namespace implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String name;
    private final Path etc;
    private final List<Running> started = new ArrayList<>();

    Namespace(String name) {
        this.name = name;
        this.etc = Path.of("/etc/netns", name);
        Shell.run("ip", "netns", "add", name).orFail();
        try {
            Files.createDirectories(etc);
            Files.writeString(etc.resolve("resolv.conf"), "# the lab's\nnameserver 192.0.2.53\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sh("ip link set lo up");
    }

    public String name() {
        return name;
    }

    /** The file that programs in here see as /etc/resolv.conf. */
    public Path resolvConf() {
        return etc.resolve("resolv.conf");
    }

    /** Runs a command to its end, within a minute. */
    public Outcome run(String... command) {
        return run(PATIENCE, Map.of(), command);
    }

    public Outcome run(Duration timeout, Map<String, String> environment, String... command) {
        return Running.start(builder(environment, command)).awaitExit(timeout);
    }

    /** Runs a shell script that must succeed; its stdout. */
    public String sh(String script) {
        return run("sh", "-ec", script).orFail().out();
    }

    /** Starts a command that goes on; it ends with this namespace at the latest. */
    public Running start(String... command) {
        return start(Map.of(), command);
    }

    public Running start(Map<String, String> environment, String... command) {
        Running running = Running.start(builder(environment, command));
        started.add(running);
        return running;
    }

    /** True as soon as {@code address} answers one ping, false after {@code seconds} without. */
    public boolean reaches(String address, int seconds) {
        String deadline = Integer.toString(seconds);
        return run("ping", "-n", "-c", "1", "-i", "0.2", "-w", deadline, address).exit() == 0;
    }

    private ProcessBuilder builder(Map<String, String> environment, String... command) {
        List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", name));
        words.addAll(Arrays.asList(command));
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().putAll(environment);
        return builder;
    }

    @Override
    public void close() {
        for (Running running : started.reversed()) {
            running.close();
        }
        remove(name);
    }

    /** Removes a namespace, whatever still runs in it, and its folder below /etc/netns. */
    static void remove(String name) {
        for (String pid : Shell.run("ip", "netns", "pids", name).out().split("\\s+", -1)) {
            if (!pid.isBlank()) {
                Shell.run("kill", "-9", pid);
            }
        }
        Shell.run("ip", "netns", "delete", name);
        Shell.run("rm", "-rf", "/etc/netns/" + name);
    }
}
