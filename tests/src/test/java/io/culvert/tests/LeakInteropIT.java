package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Capture;
import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.NameServer;
import io.culvert.tests.lab.Namespace;
import io.culvert.tests.lab.Outside;
import io.culvert.tests.lab.Road;
import io.culvert.tests.lab.Running;
import io.culvert.tests.lab.Traffic;
import io.culvert.tests.lab.Tunnel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A full tunnel, watched on the outer cable from before {@code up} until {@code down}: nothing but
 * the carrier's connection, and the look-up of the gateway's name before it.
 */
@Tag("interop")
class LeakInteropIT {
    private static final String PLAIN_DNS = "203.0.113.53";

    @Test
    void nothingButTheCarrierLeavesOverWss() {
        watches(Road.WSS_4, 443);
    }

    @Test
    void nothingButTheCarrierLeavesOverUdp() {
        watches(Road.UDP_4, 51820);
    }

    private static void watches(Road road, int port) {
        try (Lab lab = Lab.open("wg", "tcpdump", "curl", "openssl", "nft")) {
            Outside outside = Outside.in(lab);
            Namespace client = outside.client();
            plainNameServer(outside);
            Capture capture = lab.capture(client, "c0");

            Tunnel.Options options =
                    Tunnel.Options.PLAIN
                            .withFullTunnel()
                            .withName()
                            .withClientLines("DNS = " + Outside.WORLD_4);
            Tunnel tunnel = Tunnel.open(outside, road, options);
            Running inner = NameServer.start(outside.world(), Outside.WORLD_4, "203.0.113.9");
            traffic(outside);
            assertTrue(client.sh("getent ahostsv4 inside.test").contains("203.0.113.9"));
            assertTrue(inner.count("question") > 0);
            outage(outside);
            assertTrue(client.reaches(Outside.WORLD_4, 30), "no way back after the outage");
            traffic(outside);
            tunnel.clientProgram().run("down", "cvt0").orFail();
            assertEquals(0, tunnel.client().awaitExit(Duration.ofSeconds(5)).exit());

            judge(capture.stop(), port);
        }
    }

    /** The look-up of the gateway's name is the only thing this one may ever be asked. */
    private static void plainNameServer(Outside outside) {
        outside.gateway().sh("ip addr add %s/32 dev lo".formatted(PLAIN_DNS));
        NameServer.start(outside.gateway(), PLAIN_DNS, Outside.GATEWAY_4);
        try {
            Files.writeString(
                    outside.client().resolvConf(), "nameserver %s\n".formatted(PLAIN_DNS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void traffic(Outside outside) {
        Namespace client = outside.client();
        Traffic.ping(client, Outside.WORLD_4, 1400);
        client.run("ping", "-n", "-c", "2", "-i", "0.1", "-w", "2", Outside.WORLD_6);
        // The gateway's own outside address, but not the carrier's port: through the tunnel too.
        client.run("curl", "-s", "-m", "2", "http://%s:81/".formatted(Outside.GATEWAY_4));
        client.run("ping", "-n", "-c", "2", "-i", "0.1", "-w", "2", Outside.GATEWAY_4);
    }

    private static void outage(Outside outside) {
        Namespace client = outside.client();
        outside.outer().blackhole();
        Running pings = client.start("ping", "-n", "-i", "0.1", "-w", "10", Outside.WORLD_4);
        Running pings6 = client.start("ping", "-n", "-i", "0.1", "-w", "10", Outside.WORLD_6);
        client.run("getent", "ahostsv4", "during-the-outage.test");
        pings.awaitExit(Duration.ofSeconds(15));
        pings6.awaitExit(Duration.ofSeconds(15));
        outside.outer().restore();
    }

    private static void judge(List<Capture.Seen> seen, int port) {
        boolean connected = false;
        for (Capture.Seen packet : seen) {
            if (packet.isLinkLocal()) {
                continue;
            }
            if (packet.touches(Outside.GATEWAY_4, port)) {
                connected = true;
            } else {
                boolean lookUp = packet.touches(PLAIN_DNS, 53);
                assertTrue(lookUp && !connected, "leaked: " + packet + " of " + seen.size());
            }
        }
        assertTrue(connected);
        assertFalse(seen.isEmpty());
    }
}
