package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.Outcome;
import io.culvert.tests.lab.Running;
import io.culvert.tests.lab.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every example is played by its own script, and leaves nothing behind. */
@Tag("interop")
class ExamplesInteropIT {
    private static final String STATE =
            "ip netns list | grep cvx- || true;"
                    + " ls -d \"${TMPDIR:-/tmp}\"/cvx.* /etc/netns/cvx-* 2>/dev/null || true";

    static Stream<Path> scripts() throws IOException {
        Path folder =
                Path.of(System.getProperty("culvert.launcher", "../culvert"))
                        .toAbsolutePath()
                        .normalize()
                        .resolveSibling("examples");
        try (Stream<Path> folders = Files.list(folder)) {
            return folders
                    .map(f -> f.resolve("run.sh"))
                    .filter(Files::exists)
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void runsAndCleansUp(Path script) {
        try (Lab lab =
                Lab.open("wg", "curl", "nginx", "openssl", "tcpdump", "git", "ssh", "dropbear")) {
            ProcessBuilder builder = new ProcessBuilder(script.toString());
            builder.directory(lab.folder().toFile());
            Running running = Running.start(builder);

            Outcome outcome = running.awaitExit(Duration.ofMinutes(4)).orFail();

            assertTrue(outcome.out().endsWith(": OK"), outcome::toString);
            assertEquals("", Shell.sh(STATE));
        }
    }
}
