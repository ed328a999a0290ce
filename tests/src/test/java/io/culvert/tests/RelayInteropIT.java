package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Culvert;
import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.Outcome;
import io.culvert.tests.lab.Outside;
import io.culvert.tests.lab.RelayRoad;
import io.culvert.tests.lab.Running;
import io.culvert.tests.lab.Traffic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two unmodified wireguard-go reach each other through both ends of a relay. */
@Tag("interop")
class RelayInteropIT {
    private static final String[] PROGRAMS = {
        "wg", "wireguard-go", "ping", "iperf3", "curl", "openssl", "nginx"
    };
    private static final long BYTES = 120_000_000;

    @ParameterizedTest
    @EnumSource
    void carriesAWireGuardOfSomebodyElse(RelayRoad.Kind kind) {
        try (Lab lab = Lab.open(PROGRAMS)) {
            RelayRoad road = RelayRoad.open(Outside.in(lab), kind);
            Outside outside = road.outside();
            for (int payload : new int[] {56, 1300, 8000}) {
                Traffic.ping(outside.client(), RelayRoad.SERVER_4, payload);
                Traffic.ping(outside.client(), RelayRoad.SERVER_6, payload);
            }
            double up = Traffic.iperf3(outside.client(), outside.world(), RelayRoad.SERVER_4, 3);
            double down =
                    Traffic.iperf3(outside.client(), outside.world(), RelayRoad.SERVER_6, 3, "-R");
            System.out.printf("%s: iperf3 %.0f up, %.0f down Mbit/s%n", kind, up / 1e6, down / 1e6);
            Path file = Traffic.randomFile(lab, 2 * BYTES);
            Traffic.serve(outside.world(), RelayRoad.SERVER_4, file);
            Running download = Traffic.download(outside.client(), RelayRoad.SERVER_4, file);
            assertEquals(Traffic.sha256(file), Traffic.checksum(download));
        }
    }

    @Test
    void survivesAKilledAndRestartedGateway() {
        survives(RelayRoad.Kind.DIRECT, RelayRoad::restartGateway);
    }

    @Test
    void survivesAKilledAndRestartedGatewayBehindNginx() {
        survives(RelayRoad.Kind.NGINX, RelayRoad::restartGateway);
    }

    @Test
    void survivesAKilledAndRestartedClient() {
        survives(RelayRoad.Kind.DIRECT, RelayRoad::restartClient);
    }

    private static void survives(RelayRoad.Kind kind, Consumer<RelayRoad> fault) {
        try (Lab lab = Lab.open(PROGRAMS)) {
            RelayRoad road = RelayRoad.open(Outside.in(lab), kind);
            Outside outside = road.outside();
            Path file = Traffic.randomFile(lab, BYTES);
            Traffic.serve(outside.world(), RelayRoad.SERVER_4, file);
            Running download =
                    Traffic.download(
                            outside.client(), RelayRoad.SERVER_4, file, "--limit-rate", "20M");
            SurvivalInteropIT.pause(Duration.ofSeconds(2));
            assertTrue(download.isAlive(), () -> "before the fault: " + download);

            long startNs = System.nanoTime();
            fault.accept(road);
            String sum = Traffic.checksum(download);

            double seconds = (System.nanoTime() - startNs) / 1e9;
            System.out.printf("%s: the download ended %.1f s after the fault%n", kind, seconds);
            assertEquals(Traffic.sha256(file), sum);
        }
    }

    @Test
    void refusesWrongInputInOneLine() {
        try (Lab lab = Lab.open("wg")) {
            Culvert culvert = Culvert.in(lab, lab.namespace("c"));
            String to = "wss://192.0.2.1/wg";
            String listen = "udp://127.0.0.1:0";
            assertWrong(culvert.run("relay", "--to", to), "--listen");
            assertWrong(
                    culvert.run("relay", "--listen", "tcp://a:1", "--to", to), "no UDP address");
            assertWrong(
                    culvert.run("relay", "--listen", listen, "--to", "https://a/b"),
                    "begin it with wss:// or ws://");
            assertWrong(
                    culvert.run("relay", "--listen", listen, "--to", to, "--ca-file", "/none"),
                    "there is no such file");
            assertWrong(
                    culvert.run("relay", "--listen", listen, "--to", to, "--pin", "sha256/a"),
                    "--pin: ");
            assertWrong(
                    culvert.run("relay", "--listen", listen, "--to", to, "--gateway-key", "x"),
                    "no public key");
            assertWrong(
                    culvert.run("relay", "--listen", "udp://192.0.2.77:1", "--to", to),
                    "cannot listen on udp 192.0.2.77 port 1");
        }
    }

    private static void assertWrong(Outcome outcome, String what) {
        assertEquals(2, outcome.exit(), outcome::toString);
        assertTrue(outcome.err().contains(what), outcome::toString);
        assertFalse(outcome.err().contains("\tat "), outcome::toString);
    }
}
