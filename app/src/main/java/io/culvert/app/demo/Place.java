package io.culvert.app.demo;

import io.culvert.app.run.ThisProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A machine of the demonstration: a network namespace, and programs in it. Confined to the
 * command's thread.
 */
final class Place {
    private static final long COMMAND_LIMIT_S = 20;
    private static final long READY_LIMIT_S = 20;
    private static final Pattern READY = Pattern.compile("(?m)^ready: .*$");

    private final String name;
    private final Path folder;

    /** A namespace of this name; {@code folder} takes what its programs print. */
    Place(String name, Path folder) {
        this.name = name;
        this.folder = folder;
    }

    String name() {
        return name;
    }

    /** Starts a program in it; the log is called {@code label}. */
    Child start(String label, List<String> command) throws IOException {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
        all.addAll(command);
        Map<String, String> environment =
                Map.of("CULVERT_RUNTIME_DIR", folder.resolve("run-" + name).toString());
        return Child.start(folder, label, environment, all);
    }

    /** Starts this program in it. */
    Child culvert(String label, String... words) throws IOException {
        return start(label, ThisProgram.command(words));
    }

    /** Waits until a program of ours says that it is ready; the line. */
    static String awaitReady(Child child) throws IOException, InterruptedException {
        return child.await(READY, READY_LIMIT_S).group();
    }

    /** Runs a program in it to its end; what it printed. */
    String run(String... command) throws IOException, InterruptedException {
        try (Child child = start(command[0], List.of(command))) {
            return child.await(COMMAND_LIMIT_S);
        }
    }

    /** Runs {@code ip} outside of all places; what it printed. */
    static String ip(Path folder, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(words));
        try (Child child = Child.start(folder, "ip", Map.of(), command)) {
            return child.await(COMMAND_LIMIT_S);
        }
    }
}
