package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.Outside;
import io.culvert.tests.lab.Road;
import io.culvert.tests.lab.Running;
import io.culvert.tests.lab.Traffic;
import io.culvert.tests.lab.Tunnel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A download goes on, and ends with the right checksum, whatever happens to the road. */
@Tag("interop")
class SurvivalInteropIT {
    private static final long BYTES = 120_000_000;

    @Test
    void survivesKilledAndRestartedGateway() {
        survives(Road.WSS_4, Tunnel::restartGateway);
    }

    @Test
    void survivesKilledAndRestartedGatewayOverUdp() {
        survives(Road.UDP_4, Tunnel::restartGateway);
    }

    @Test
    void survivesKilledAndRestartedClient() {
        survives(Road.WSS_4, Tunnel::restartClient);
    }

    @Test
    void survivesNginxReloadThatEndsItsOldWorkers() {
        survives(
                Road.NGINX_4,
                tunnel -> {
                    tunnel.nginx().reload();
                    tunnel.nginx().awaitLog("gracefully shutting down");
                    pause(Duration.ofSeconds(1));
                    tunnel.nginx().endOldWorkers();
                });
    }

    @Test
    void survivesNewAddressOfTheClient() {
        survives(Road.WSS_4, SurvivalInteropIT::moveClient);
    }

    @Test
    void survivesNewAddressOfTheClientOverUdp() {
        survives(Road.UDP_4, SurvivalInteropIT::moveClient);
    }

    @Test
    void survivesTwentySecondsOfBlackhole() {
        survives(Road.WSS_4, tunnel -> blackhole(tunnel, Duration.ofSeconds(20)));
    }

    @Test
    void survivesTwentySecondsOfBlackholeBehindNginx() {
        survives(Road.NGINX_6_UNIX, tunnel -> blackhole(tunnel, Duration.ofSeconds(20)));
    }

    private static void survives(Road road, Consumer<Tunnel> fault) {
        try (Lab lab = Lab.open("wg", "curl", "openssl", "nft", "nginx")) {
            Outside outside = Outside.in(lab);
            Tunnel tunnel = Tunnel.open(outside, road);
            Path file = Traffic.randomFile(lab, BYTES);
            Traffic.serve(outside.gateway(), Tunnel.GATEWAY_4, file);
            Running download =
                    Traffic.download(
                            outside.client(), Tunnel.GATEWAY_4, file, "--limit-rate", "20M");
            pause(Duration.ofSeconds(2));
            assertTrue(download.isAlive(), () -> "before the fault: " + download);

            long startNs = System.nanoTime();
            fault.accept(tunnel);
            String sum = Traffic.checksum(download);

            double seconds = (System.nanoTime() - startNs) / 1e9;
            System.out.printf("%s: the download ended %.1f s after the fault%n", road, seconds);
            assertEquals(Traffic.sha256(file), sum);
            assertTrue(outside.client().reaches(Tunnel.GATEWAY_6, 5));
        }
    }

    private static void moveClient(Tunnel tunnel) {
        Outside outside = tunnel.outside();
        outside.outer().moveNear(Outside.CLIENT_4 + "/24", "192.0.2.99/24");
        outside.client().sh("ip route replace default via " + Outside.GATEWAY_4);
    }

    private static void blackhole(Tunnel tunnel, Duration length) {
        tunnel.outside().outer().blackhole();
        pause(length);
        tunnel.outside().outer().restore();
    }

    /**
     * Lets the world go on: the length of a fault is what is tested, there is no event to await.
     */
    static void pause(Duration length) {
        try {
            if (new CountDownLatch(1).await(length.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("nobody counts down");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
