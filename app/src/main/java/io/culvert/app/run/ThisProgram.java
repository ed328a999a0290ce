package io.culvert.app.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How this program is started again: the same Java, options and jar as of this process. */
public final class ThisProgram {
    private static final String MAIN = "io.culvert.app.Main";

    private ThisProgram() {}

    /** The command line that runs it with these words. */
    public static List<String> command(String... words) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(options());
        String jar = System.getProperty("java.class.path", "");
        if (jar.endsWith(".jar") && jar.indexOf(':') < 0) {
            command.addAll(List.of("-jar", jar));
        } else {
            command.addAll(List.of("-cp", jar, MAIN));
        }
        command.addAll(List.of(words));
        return command;
    }

    /**
     * What stood between {@code java} and the jar, as the launcher chose it. Read from the kernel:
     * the JVM's own management interface takes a tenth of a second to load.
     */
    private static List<String> options() {
        List<String> options = new ArrayList<>();
        for (String word : commandLine()) {
            if (word.equals("-jar") || word.equals("-cp") || word.equals("-classpath")) {
                return options;
            }
            options.add(word);
        }
        return List.of();
    }

    private static List<String> commandLine() {
        try {
            String all = Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.UTF_8);
            List<String> words = List.of(all.split("\0"));
            return words.subList(Math.min(1, words.size()), words.size());
        } catch (IOException ignored) {
            // No /proc: it starts without the options too, only slower.
            return List.of();
        }
    }
}
