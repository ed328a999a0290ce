package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.Outcome;
import io.culvert.tests.lab.Rootless;
import io.culvert.tests.lab.Running;
import io.culvert.tests.lab.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The demonstration says what it proved, and leaves nothing behind on any way out. */
@Tag("interop")
class DemoInteropIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String LAUNCHER =
            Path.of(System.getProperty("culvert.launcher", "../culvert"))
                    .toAbsolutePath()
                    .normalize()
                    .toString();

    /** Networks, folders and processes of the demonstration that ran as this process. */
    private static String leftBy(Running demo) {
        String name = "cvd-" + demo.pid() + "-";
        List<String> processes =
                ProcessHandle.allProcesses()
                        .flatMap(process -> process.info().commandLine().stream())
                        .filter(line -> line.contains("/tmp/" + name))
                        .toList();
        assertEquals(List.of(), processes);
        return Shell.sh(
                """
                ip netns list | grep '^%1$s' || true
                ls -d /tmp/%1$s* 2>/dev/null || true
                """
                        .formatted(name));
    }

    private static Running start(Lab lab, String... words) {
        ProcessBuilder builder = new ProcessBuilder(LAUNCHER, "demo");
        builder.command().addAll(List.of(words));
        builder.directory(lab.folder().toFile());
        return Running.start(builder);
    }

    @Test
    void provesBothWaysToTheGatewayAndLeavesNothing() throws IOException {
        try (Lab lab = Lab.open("nginx", "tcpdump", "ping")) {
            Path kept = lab.folder().resolve("kept");

            Running demo = start(lab, "--keep", kept.toString());
            Outcome outcome = demo.awaitExit(LIMIT).orFail();

            String told = outcome.out();
            assertEquals(2, count(told, "tunnel up [0-9]+ ms"), told);
            assertEquals(2, count(told, "ping through the tunnel: .*IPv4.*IPv6"), told);
            assertEquals(4, count(told, "MiB .*same SHA-256"), told);
            assertEquals(2, count(told, "TLS connections? to port 443"), told);
            assertEquals(1, count(told, "undone"), told);
            assertEquals("", leftBy(demo));
            assertTrue(Files.readString(kept.resolve("home.conf")).contains("#@ Pin = sha256/"));
            Outcome check =
                    Shell.run(LAUNCHER, "server", "check", kept.resolve("gateway.yaml").toString());
            assertEquals(0, check.exit(), check::toString);
        }
    }

    @Test
    void worksForWhoeverMayDoNothing() {
        try (Lab lab = Lab.open("curl", "setpriv")) {
            Rootless user = Rootless.in(lab, lab.namespace("desk"));
            Path kept = user.write("here", "").resolveSibling("kept");

            Outcome outcome = user.run("demo", "--keep", kept.toString()).orFail();

            String told = outcome.out();
            assertEquals(1, count(told, "a page .* by curl"), told);
            assertEquals(1, count(told, "100 MiB .*same SHA-256"), told);
            assertEquals(1, count(told, "undone"), told);
            user.run("server", "check", kept.resolve("gateway.yaml").toString()).orFail();
        }
    }

    @Test
    void undoesTheOneWithoutRootAfterCtrlC() {
        try (Lab lab = Lab.open("curl")) {
            Running demo = start(lab, "--rootless");
            demo.awaitLine("tunnel up", LIMIT);

            demo.signal("INT");

            Outcome outcome = demo.awaitExit(Duration.ofSeconds(20));
            assertTrue(outcome.out().contains("interrupted"), outcome::toString);
            assertEquals("", leftBy(demo));
        }
    }

    @Test
    void undoesEverythingAfterCtrlC() {
        try (Lab lab = Lab.open("nginx", "tcpdump", "ping")) {
            Running demo = start(lab);
            demo.awaitLine("tunnel up", LIMIT);

            demo.signal("INT");

            Outcome outcome = demo.awaitExit(Duration.ofSeconds(20));
            assertTrue(outcome.out().contains("interrupted"), outcome::toString);
            assertEquals("", leftBy(demo));
        }
    }

    private static long count(String text, String regex) {
        return text.lines().filter(line -> line.matches(".*" + regex + ".*")).count();
    }
}
