package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culvert.tests.lab.Culvert;
import io.culvert.tests.lab.HostState;
import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.NameServer;
import io.culvert.tests.lab.Outside;
import io.culvert.tests.lab.Road;
import io.culvert.tests.lab.Traffic;
import io.culvert.tests.lab.Tunnel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A full tunnel whose gateway's name has no address yet, as on a laptop that boots. */
@Tag("interop")
class LateNameInteropIT {
    private static final String DNS = "203.0.113.53";

    @Test
    void leavesTheHostAloneUntilTheNameHasAnAddress() {
        try (Lab lab = Lab.open("wg", "openssl", "nft")) {
            Outside outside = Outside.in(lab);
            Tunnel tunnel = openWithoutName(outside);

            NameServer.start(outside.gateway(), DNS, Outside.GATEWAY_4);

            tunnel.client().awaitLine("^ready", Culvert.START);
            Traffic.ping(outside.client(), Outside.WORLD_4, 1400);
            endsCleanly(tunnel);
        }
    }

    @Test
    void endsWhileItWaits() {
        try (Lab lab = Lab.open("wg", "openssl", "nft")) {
            endsCleanly(openWithoutName(Outside.in(lab)));
        }
    }

    /** A client that waits, on a host where nothing has changed. */
    private static Tunnel openWithoutName(Outside outside) {
        outside.gateway().sh("ip addr add %s/32 dev lo".formatted(DNS));
        try {
            Files.writeString(outside.client().resolvConf(), "nameserver %s\n".formatted(DNS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        HostState before = HostState.of(outside.client());
        String lines = "DNS = " + Outside.WORLD_4;
        Tunnel.Options options =
                Tunnel.Options.PLAIN
                        .withFullTunnel()
                        .withName()
                        .withClientLines(lines)
                        .withoutWaiting();
        Tunnel tunnel = Tunnel.open(outside, Road.WSS_4, options);
        tunnel.client().awaitLine("^waiting: cvt0 needs the address of", Culvert.START);
        assertEquals(before, HostState.of(outside.client()));
        return tunnel;
    }

    private static void endsCleanly(Tunnel tunnel) {
        tunnel.client().signal("TERM");
        assertEquals(0, tunnel.client().awaitExit(Duration.ofSeconds(5)).exit());
    }
}
