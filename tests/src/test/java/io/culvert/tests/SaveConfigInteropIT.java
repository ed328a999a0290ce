package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.Outside;
import io.culvert.tests.lab.Road;
import io.culvert.tests.lab.Shell;
import io.culvert.tests.lab.Tunnel;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code SaveConfig = true}: an orderly {@code down} writes what ran back, as wg-quick does. */
@Tag("interop")
class SaveConfigInteropIT {

    @Test
    void downWritesPortAndEndpointBack() {
        try (Lab lab = Lab.open("wg", "nft")) {
            Outside outside = Outside.in(lab);
            Tunnel.Options options = Tunnel.Options.PLAIN.withClientLines("SaveConfig = true");
            Tunnel tunnel = Tunnel.open(outside, Road.UDP_4, options);

            tunnel.clientProgram().run("down", "cvt0").orFail();
            assertEquals(0, tunnel.client().awaitExit(Duration.ofSeconds(5)).exit());

            String saved = Shell.sh("cat " + tunnel.clientFile());
            assertTrue(saved.contains("ListenPort = "), saved);
            assertTrue(saved.contains("Endpoint = 192.0.2.1:51820"), saved);
            assertEquals("600", Shell.sh("stat -c %a " + tunnel.clientFile()));
            tunnel.upAgain();
            assertTrue(outside.client().reaches(Tunnel.GATEWAY_4, 10));
        }
    }
}
