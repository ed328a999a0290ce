package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culvert.tests.lab.Culvert;
import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.Outcome;
import io.culvert.tests.lab.Running;
import io.culvert.tests.lab.Shell;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import tools.jackson.databind.json.JsonMapper;

/**
 * WireGuard's own acceptance script, {@code tests/netns.sh} of wireguard-go, unmodified, taken from
 * the Go module's source when the test runs.
 */
@Tag("long")
class NetnsScriptInteropIT {
    private static final String MODULE = "golang.zx2c4.com/wireguard@latest";

    @RepeatedTest(3)
    void passesWhole() {
        try (Lab lab = Lab.open("go", "wg", "ncat", "iperf3", "iptables", "ping", "ss")) {
            String told = Shell.run("go", "mod", "download", "-json", MODULE).orFail().out();
            Path source =
                    Path.of(JsonMapper.shared().readTree(told).path("Dir").asString())
                            .resolve("tests/netns.sh");
            Path program = lab.folder().resolve("culvert-wg");
            Shell.run("ln", "-s", Culvert.launcher().toString(), program.toString()).orFail();
            Running script =
                    Running.start(
                            new ProcessBuilder("bash", source.toString(), program.toString()));
            lab.closing(script);
            Outcome outcome = script.awaitExit(Duration.ofMinutes(10));
            assertEquals(0, outcome.exit(), outcome::toString);
        }
    }
}
