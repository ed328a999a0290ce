package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Culvert;
import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.Outcome;
import io.culvert.tests.lab.Rootless;
import io.culvert.tests.lab.Running;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What {@code culvert init} writes is run as it is. */
@Tag("interop")
class InitInteropIT {
    @Test
    void filesOfSomebodyWithoutAnyRightMakeATunnel() {
        try (Lab lab = Lab.open("setpriv")) {
            Rootless user = Rootless.in(lab, lab.namespace("desk"));
            Path folder = user.write("here", "").resolveSibling("vpn");
            Outcome made =
                    user.run(
                            "init",
                            folder.toString(),
                            "--endpoint",
                            "127.0.0.1:8443",
                            "--peers",
                            "laptop");
            assertTrue(made.orFail().out().contains("culvert proxy"), made::toString);
            try (Running gateway = user.start("server", folder + "/gateway.yaml")) {
                gateway.awaitLine("^ready: ", Culvert.START);
                Outcome check =
                        user.run("proxy", folder + "/laptop.conf", "--check", "10.8.0.1").orFail();
                assertTrue(check.out().contains("answers in"), check::toString);
            }
        }
    }
}
